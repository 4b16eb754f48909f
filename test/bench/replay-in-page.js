/** Measures of the replay that are taken inside its page; see replay.ts. */

/** Presses the track at `count` random places; for each the ms until the population there is drawn. */
async function seekTimes(count) {
  const track = document.querySelector('[role="slider"][aria-label^="Position"]');
  const plot = document.querySelector('[data-generation]');
  track.setPointerCapture = () => undefined; // The pointer of a made-up event cannot be captured.
  const box = track.getBoundingClientRect();
  let state = 12345;
  const times = [];
  for (let i = 0; i < count; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const event = {
      clientX: box.left + 8 + (state / 2147483648) * (box.width - 16),
      clientY: box.top + 10,
      button: 0,
      pointerId: 1,
      bubbles: true,
    };
    const started = performance.now();
    track.dispatchEvent(new PointerEvent('pointerdown', event));
    track.dispatchEvent(new PointerEvent('pointerup', event));
    await new Promise((done) => {
      const look = () =>
        plot.dataset.generation === track.getAttribute('aria-valuenow')
          ? requestAnimationFrame(done)
          : setTimeout(look, 0);
      setTimeout(look, 0);
    });
    times.push(performance.now() - started);
    await new Promise((done) => setTimeout(done, 150));
  }
  return times;
}

/** The ms of each frame of the screen while the replay plays, for `durationMs` at most. */
async function playFrames(durationMs) {
  const frames = [];
  const until = performance.now() + durationMs;
  let last = await new Promise((done) => requestAnimationFrame(done));
  while (performance.now() < until && document.querySelector('[aria-label="Pause"]') !== null) {
    const now = await new Promise((done) => requestAnimationFrame(done));
    frames.push(now - last);
    last = now;
  }
  return frames;
}

globalThis.replayMeasures = { seekTimes, playFrames };
