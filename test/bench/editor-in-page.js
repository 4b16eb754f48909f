/** Measures of the network editor that are taken inside its page; see editor.ts. */

const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

/** Goes to the editor at `hash` and waits until graph and table are on the screen; the ms until then. */
async function openTime(hash) {
  const started = performance.now();
  location.hash = hash;
  // A canvas that was not drawn yet has the size of the standard, 300 pixels.
  const isDrawn = () =>
    (document.querySelector('canvas[aria-label^="Graph of"]')?.width ?? 300) !== 300 &&
    document.querySelector('[role="grid"][aria-label="Layers"] [role="gridcell"]') !== null;
  while (!isDrawn()) await nextFrame();
  await nextFrame();
  return performance.now() - started;
}

/** The ms of each frame of the screen while `step` is done in each, for `durationMs`. */
async function framesOf(step, durationMs) {
  const frames = [];
  const until = performance.now() + durationMs;
  let last = await nextFrame();
  while (performance.now() < until) {
    step(frames.length);
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
  }
  return frames;
}

/** Scrolls the table of layers down and up again, `stepPx` each frame. */
function scrollTable(durationMs, stepPx) {
  const table = document.querySelector('[role="grid"][aria-label="Layers"]');
  let direction = 1;
  return framesOf(() => {
    const before = table.scrollTop;
    table.scrollTop += direction * stepPx;
    if (table.scrollTop === before) direction = -direction;
  }, durationMs);
}

/** Zooms the graph in until names can be read, then drags it about in circles. */
async function dragGraph(durationMs) {
  const canvas = document.querySelector('canvas[aria-label^="Graph of"]');
  canvas.setPointerCapture = () => undefined; // The pointer of a made-up event cannot be captured.
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const centre = { clientX: left + width / 2, clientY: top + height / 2 };
  canvas.dispatchEvent(new WheelEvent('wheel', { ...centre, deltaY: -2000, bubbles: true, cancelable: true }));
  canvas.dispatchEvent(new WheelEvent('wheel', { ...centre, deltaY: 500, bubbles: true, cancelable: true }));
  await nextFrame();
  canvas.dispatchEvent(
    new PointerEvent('pointerdown', { ...centre, button: 0, buttons: 1, pointerId: 1, bubbles: true }),
  );
  let at = centre;
  const frames = await framesOf((frame) => {
    const to = {
      clientX: centre.clientX + 150 * Math.sin(frame / 15),
      clientY: centre.clientY + 150 * Math.cos(frame / 15),
    };
    canvas.dispatchEvent(
      new PointerEvent('pointermove', {
        ...to,
        movementX: to.clientX - at.clientX,
        movementY: to.clientY - at.clientY,
        buttons: 1,
        pointerId: 1,
        bubbles: true,
      }),
    );
    at = to;
  }, durationMs);
  canvas.dispatchEvent(new PointerEvent('pointerup', { ...at, button: 0, pointerId: 1, bubbles: true }));
  return frames;
}

/** Zooms the graph from all of it to its names and back, a turn of the wheel each frame. */
function zoomGraph(durationMs) {
  const canvas = document.querySelector('canvas[aria-label^="Graph of"]');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return framesOf(
    (frame) =>
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          clientX: left + width / 2,
          clientY: top + height / 2,
          deltaY: frame % 120 < 60 ? -40 : 40,
          bubbles: true,
          cancelable: true,
        }),
      ),
    durationMs,
  );
}

globalThis.editorMeasures = { openTime, scrollTable, dragGraph, zoomGraph };
