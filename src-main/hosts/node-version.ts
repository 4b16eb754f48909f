/** The oldest Node that runs Tessera; entries ask before they load anything else. */
import process from 'node:process';

/**
 * Ends the process where Node is older than 22.12.
 * @param hint what brings a newer one
 */
export function refuseOldNode(hint: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  console.error(`error: Tessera needs Node 22.12 or newer; this is Node ${process.versions.node}\nhint: ${hint}`);
  process.exit(1);
}
