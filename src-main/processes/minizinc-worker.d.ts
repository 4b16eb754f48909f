/** MiniZinc's worker has no types: it is run for what it does. */
declare module 'minizinc/minizinc-worker.js';
