/** Whether the file at the database's path is still the one that is open. Somebody may move, remove or replace it, for example to restore a backup. */
import { statSync } from 'node:fs';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** How often that is looked at while nothing is asked, ms. */
const LOOK_MS = 3000;

export interface DatabaseGuardOptions {
  /** Of the open database. */
  readonly path: string;
  /** Called once, when another file or none is found there. */
  readonly onLost: (fault: WorkbenchError) => void;
}

export class DatabaseGuard {
  readonly #options: DatabaseGuardOptions;
  readonly #opened: string | undefined;
  readonly #timer: NodeJS.Timeout;
  #fault: WorkbenchError | undefined;

  /** To be made when the database has just been opened. */
  constructor(options: DatabaseGuardOptions) {
    this.#options = options;
    this.#opened = identityOf(options.path);
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  /** What happened to the file, where it is no longer the one that is open: found now or earlier. */
  look(): WorkbenchError | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const { path, onLost } = this.#options;
    const found = identityOf(path);
    if (found === this.#opened) return undefined;
    this.stop();
    this.#fault = found === undefined ? gone(path) : replaced(path);
    onLost(this.#fault);
    return this.#fault;
  }

  /** What was found out so far. */
  get fault(): WorkbenchError | undefined {
    return this.#fault;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Device and inode, by which the system knows a file; undefined where there is none, or none can be seen. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function gone(path: string): WorkbenchError {
  return new WorkbenchError(
    'store.gone',
    `the database ${path} is no longer there: it, its folder or its disk was removed while Tessera had it open`,
    { hint: 'nothing can be recorded until it is back: bring it back, then start Tessera again' },
  );
}

function replaced(path: string): WorkbenchError {
  return new WorkbenchError(
    'store.replaced',
    `another file has taken the place of the database ${path} while Tessera had it open`,
    { hint: 'start Tessera again to work with the file that is there now; to restore a backup, close Tessera first' },
  );
}
