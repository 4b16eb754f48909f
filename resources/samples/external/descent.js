// A scheduler of one's own for Node, without any package: moves one layer at a time, and keeps what is not worse.
//
// tessera run simple --scheduler external --set 'command=["node", "descent.js"]' --time-limit 5s
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const write = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const read = async () => {
  const { value, done } = await lines.next();
  return done ? { type: 'stop' } : JSON.parse(value); // the end of the input: nobody listens any more
};

const { problem, seed, start, options } = await read();
const neighbours = options.neighbours ?? 20;
const rounds = options.rounds ?? 200;

/** The next of a sequence that the seed decides, 0 … below − 1 (a linear congruential generator). */
let state = BigInt(seed);
function draw(below) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number(state >> 33n) % below;
}

const tasks = problem.tasks.map(({ id, timesMs }) => ({ id, elements: Object.keys(timesMs), timesMs }));
const fastest = ({ elements, timesMs }) => elements.reduce((a, b) => (timesMs[b] < timesMs[a] ? b : a));
let best = start?.mapping ?? Object.fromEntries(tasks.map((task) => [task.id, fastest(task)]));
let bestFitness = -Infinity;

for (let round = 0; round < rounds; round++) {
  const solutions = [{ mapping: best }];
  while (solutions.length < neighbours) {
    const { id, elements } = tasks[draw(tasks.length)];
    solutions.push({ mapping: { ...best, [id]: elements[draw(elements.length)] } });
  }
  write({ type: 'solutions', solutions });
  const answer = await read();
  if (answer.type === 'stop') break;
  answer.scores.forEach(({ fitness = -Infinity }, index) => {
    if (fitness < bestFitness) return;
    best = solutions[index].mapping;
    bestFitness = fitness;
  });
  write({ type: 'progress', text: `round ${round + 1} of ${rounds}`, done: (round + 1) / rounds });
}
write({ type: 'done' });
process.stdin.destroy();
