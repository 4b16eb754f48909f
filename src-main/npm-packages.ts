/** Packages too large to come with the workbench, out of npm into the user-data folder when somebody asks for them. */
import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';

/**
 * Installs packages without their scripts into a folder that is empty or replaced; a half-made installation is never there.
 * @param versions exact version by package
 * @param code of the error
 * @throws WorkbenchError `code` with what npm said
 */
export async function installPackages(
  target: string,
  versions: Readonly<Record<string, string>>,
  code: string,
  onLine: (line: string) => void,
): Promise<void> {
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  const said: string[] = [];
  const status = await new Promise<number>((settle) => {
    const npm = spawn('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
      cwd: part,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    for (const stream of [npm.stdout, npm.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
          said.push(line);
          onLine(line);
        }
      });
    npm.on('error', ({ message }) => {
      said.push(message);
      settle(1);
    });
    npm.on('close', (exitCode) => settle(exitCode ?? 1));
  });
  if (status !== 0) {
    rmSync(part, { recursive: true, force: true });
    throw new WorkbenchError(code, `npm did not install ${Object.keys(versions)[0]}: ${causeIn(said)}`, {
      hint: 'check that npm is there and that it can reach its registry',
    });
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
}

/** What npm says went wrong: its first errors, without its advice and the place of its log. */
export function causeIn(said: readonly string[]): string {
  const errors = said
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim())
    .filter((line, index) => line !== '' && line !== said[index].trim())
    .filter((line) => !/complete log|proxy|^(syscall|errno|code|at) /.test(line));
  return (errors.length > 0 ? errors.slice(0, 3) : said.slice(-3)).join('; ');
}
