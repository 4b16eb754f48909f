/** Which search a run was recorded with. */

/** Raised whenever the same scenario, configuration and seed would give other generations than before. */
export const ENGINE_VERSION = '7';
