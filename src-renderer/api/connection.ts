/** The state of the renderer's connection to its host. */

export type ConnectionState =
  /** The first attempt, or an attempt after a wait. */
  | { readonly status: 'connecting' }
  | { readonly status: 'open' }
  /** The connection was lost or could not be made; the next attempt comes after `retryInMs`. */
  | { readonly status: 'waiting'; readonly attempt: number; readonly retryInMs: number }
  /**
   * The host runs, but no longer knows this browser (it was restarted): its printed address must be opened, in this
   * window or another.
   */
  | { readonly status: 'unauthorized' };
