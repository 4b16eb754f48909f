/** The two channels between the windows and the main process (DESIGN §3). */

/** Renderer to main: route and input; the answer is `{ output }` or `{ error }`. */
export const INVOKE_CHANNEL = 'tessera:invoke';
/** Main to renderer: `{ name, payload }`. */
export const EVENT_CHANNEL = 'tessera:event';
