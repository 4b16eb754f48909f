/**
 * Which addresses a served host answers to. A page of another site cannot read our answers, but it can make a name of its own
 * resolve to 127.0.0.1 (DNS rebinding), and can open WebSockets to anywhere; the Host and Origin headers show both.
 */
import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

/** Names under which the loopback interface is reached, here or through an SSH tunnel. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'] as const;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The host names that requests to a server bound to `bindHost` may carry, without port: a tunnel may have another one at its other
 * end. Bound beyond loopback, these are the given name and this machine's own name and addresses.
 */
export function allowedHostNames(bindHost: string): ReadonlySet<string> {
  const names = new Set<string>(loopbackNames);
  names.add(inBrackets(bindHost.toLowerCase()));
  if (isLoopback(bindHost)) return names;
  names.add(hostname().toLowerCase());
  for (const address of Object.values(networkInterfaces()).flat()) {
    if (address !== undefined) names.add(inBrackets(address.address.replace(/%.*$/, '').toLowerCase()));
  }
  for (const anyAddress of ['0.0.0.0', '[::]']) names.delete(anyAddress); // where to listen, not an address to ask
  return names;
}

/** `host` as written in an address. */
export function inBrackets(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Whether a Host header names this server. */
export function isOwnHost(header: string | undefined, allowed: ReadonlySet<string>): boolean {
  const match = /^(\[[\da-f:.]+\]|[^:@/\\?#\s]+)(:\d{1,5})?$/i.exec(header ?? '');
  return match?.[1] !== undefined && allowed.has(match[1].toLowerCase());
}

/** Whether an Origin header is the origin of this server's own pages, given the Host header the same request carried. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}
