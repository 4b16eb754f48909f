/** The rooms of the renderer: what is declared of them, what the README says, and what the sources do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { circlesOf, mutualPairs, roomEdges, roomOf } from '#test/rooms.ts';

const root = resolve(import.meta.dirname, '../..');
const renderer = join(root, 'src-renderer');
const declared = JSON.parse(readFileSync(join(renderer, 'rooms.json'), 'utf8')) as Record<string, string[]>;

it('every folder is a declared room', () => {
  const folders = readdirSync(renderer, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rooms = folders.map(({ name }) => name).filter((name) => name !== 'features' && name !== 'public');
  expect(rooms.sort()).toEqual(Object.keys(declared).sort());
});

it('a room may only import rooms declared before it, so that no circle can arise', () => {
  const names = Object.keys(declared);
  for (const [index, name] of names.entries())
    for (const seen of declared[name]) expect(names.slice(0, index), `${name} → ${seen}`).toContain(seen);
});

it('the README has the same table', () => {
  const rows = readFileSync(join(renderer, 'README.md'), 'utf8').matchAll(/^\| `([\w-]+)\/` +\| .+ \| (.+) \|$/gm);
  const table = [...rows].map(([, name, seen]) => [name, [...seen.matchAll(/`([\w-]+)`/g)].map(([, room]) => room)]);
  expect(table).toEqual(Object.entries(declared));
});

it('every declared import is made, and no room is in a circle', async () => {
  const edges = await roomEdges(root);
  const made = new Set(edges.map(({ from, to }) => `${from} ${to}`));
  const unused = Object.entries(declared).flatMap(([from, seen]) =>
    seen.map((to) => `${from} ${to}`).filter((edge) => !made.has(edge)),
  );
  expect(unused).toEqual([]);
  expect(circlesOf(edges)).toEqual([]);
});

it('finds circles, direct and by way of others', () => {
  const edges = ['a b', 'b c', 'c a', 'd a', 'e f', 'f e', 'f a'].map((pair) => {
    const [from, to] = pair.split(' ');
    return { from, to };
  });
  expect(circlesOf(edges).sort()).toEqual([
    ['a', 'b', 'c'],
    ['e', 'f'],
  ]);
  expect(mutualPairs(edges)).toEqual([['e', 'f']]);
  expect(circlesOf(edges.filter(({ from }) => from !== 'c' && from !== 'f'))).toEqual([]);
});

it('an area of features is a room, and a file in no folder is one by itself', () => {
  expect(roomOf('features/run/RunPage.vue')).toBe('features/run');
  expect(roomOf('timeline/scene/scene.ts')).toBe('timeline');
  expect(roomOf('router.ts')).toBe('router.ts');
});
