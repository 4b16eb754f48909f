/** Who may use a served host: anyone who has its token, and then the browser that exchanged it for a cookie. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long the ticket of the browser that the host opens itself is good for, ms. */
const TICKET_LIFE_MS = 120_000;

const randomSecret = (): string => randomBytes(32).toString('base64url');

/** The secrets of one start of a host, 256 random bits each. They are never written anywhere but to the terminal and the cookie. */
export class Session {
  /** Printed in the address; good as long as the host runs. */
  readonly token: string = randomSecret();
  /** What the cookie holds: not the token, so that an address in a browser's history is not the cookie. */
  readonly #secret: string = randomSecret();
  readonly #cookieName: string;
  readonly #now: () => number;
  /** Tickets that have not been used, and when each ends. */
  readonly #tickets = new Map<string, number>();

  /** @param port belongs to the cookie's name, because browsers share cookies among the ports of a host. @param now ms */
  constructor(port: number, now: () => number = Date.now) {
    this.#cookieName = `tessera-${port}`;
    this.#now = now;
  }

  /** A token that works once and soon: the command line of a browser, where it appears, can be read by everyone on the machine. */
  issueTicket(): string {
    const ticket = randomSecret();
    this.#tickets.set(ticket, this.#now() + TICKET_LIFE_MS);
    return ticket;
  }

  /** Whether `given` is the token, or a ticket, which is then used up. */
  admits(given: string): boolean {
    if (isSame(given, this.token)) return true;
    for (const [ticket, end] of this.#tickets) {
      if (!isSame(given, ticket)) continue;
      this.#tickets.delete(ticket);
      return this.#now() < end;
    }
    return false;
  }

  /** The value of the Set-Cookie header for a browser that was admitted. */
  get setCookie(): string {
    return `${this.#cookieName}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether the Cookie header `header` carries this session's cookie. */
  knows(header: string | undefined): boolean {
    for (const pair of header?.split(';') ?? []) {
      const [name, value] = pair.trim().split('=', 2);
      if (name === this.#cookieName && isSame(value ?? '', this.#secret)) return true;
    }
    return false;
  }
}

/** Compares in a time that depends on neither text, by comparing their digests. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
