/**
 * Compiles the evaluation kernel (AssemblyScript) to the module that carries its WebAssembly, src-main/engine/kernel/kernel-wasm.ts.
 * The result is committed; a test checks that it is current. Run after a change: `node src-main/hosts/launch/compile-kernel.ts`.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main as compileAssembly } from 'assemblyscript/asc';

const root = resolve(import.meta.dirname, '../../..');
const target = join(root, 'src-main/engine/kernel/kernel-wasm.ts');

/** The text of kernel-wasm.ts for the kernel's present source. @throws when it does not compile */
export async function compileKernel(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tessera-kernel-'));
  try {
    const output = join(directory, 'kernel.wasm');
    const { error, stderr } = await compileAssembly([
      'src-main/engine/kernel/assembly/kernel.ts',
      '--runtime',
      'stub',
      '-O3',
      '--noAssert',
      '--enable',
      'bulk-memory',
      '--enable',
      'simd',
      '--outFile',
      output,
      '--baseDir',
      root,
    ]);
    if (error !== null) throw new Error(`the kernel does not compile: ${error.message}\n${stderr.toString()}`);
    const base64 = (await readFile(output)).toString('base64');
    return [
      '/** The evaluation kernel as WebAssembly. Generated from assembly/ by compile-kernel.ts; do not edit. */',
      '',
      'const base64 =',
      `  ${(base64.match(/.{1,160}/g) ?? []).map((line) => `'${line}'`).join(' +\n  ')};`,
      '',
      '/** The bytes of the WebAssembly module. */',
      'export function kernelWasm(): Uint8Array<ArrayBuffer> {',
      '  const text = atob(base64);',
      '  return Uint8Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));',
      '}',
      '',
    ].join('\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await writeFile(target, await compileKernel());
