/** Commands: shortcuts match the keys people press, the registry runs what can be run now, fuzzy search finds it. */
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { defineComponent, h } from 'vue';
import { fuzzyFilter } from '#renderer/commands/fuzzy.ts';
import { createCommandRegistry, type Command, type CommandPress } from '#renderer/commands/registry.ts';
import { describeShortcut, matchesStroke } from '#renderer/commands/shortcut.ts';
import { useCommands, useShortcuts } from '#renderer/commands/use-commands.ts';

const press = (key: string, changes: Partial<CommandPress> = {}): CommandPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isOwned: false,
  ...changes,
});
const command = (id: string, changes: Partial<Command> = {}): Command => ({
  id,
  title: id,
  section: 'Test',
  run: () => undefined,
  ...changes,
});

describe('shortcuts', () => {
  it('take Mod for Command on a Mac and for Control elsewhere', () => {
    expect(matchesStroke('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matchesStroke('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
    expect(matchesStroke('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true);
  });

  it('count Shift for letters, but not for signs that need it', () => {
    expect(matchesStroke('Shift+C', press('C', { shiftKey: true }), false)).toBe(true);
    expect(matchesStroke('c', press('C', { shiftKey: true }), false)).toBe(false);
    expect(matchesStroke('?', press('?', { shiftKey: true }), false)).toBe(true);
  });

  it('read as the keys of the keyboard', () => {
    expect(describeShortcut('Mod+Shift+L', true)).toEqual(['⌘', '⇧', 'L']);
    expect(describeShortcut('g r', false)).toEqual(['G', 'R']);
  });
});

describe('the registry', () => {
  it('runs the command of a shortcut, and says whether the key was used', () => {
    const registry = createCommandRegistry();
    let runs = 0;
    registry.register([command('a', { shortcut: 'n', run: () => runs++ })]);
    expect(registry.press(press('n'))).toBe(true);
    expect(registry.press(press('m'))).toBe(false);
    expect(runs).toBe(1);
  });

  it('leaves plain keys to the control that owns them, but not Mod, nor those it hands on to a section', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([
      command('plain', { shortcut: 'n', run: () => ran.push('plain') }),
      command('mod', { shortcut: 'Mod+Enter', run: () => ran.push('mod') }),
    ]);
    registry.press({ ...press('n'), isOwned: true });
    registry.press({ ...press('Enter', { ctrlKey: true }), isOwned: true });
    registry.press({ ...press('n'), isOwned: true, ownSection: 'Other' });
    expect(ran).toEqual(['mod']);
    registry.press({ ...press('n'), isOwned: true, ownSection: 'Test' });
    expect(ran).toEqual(['mod', 'plain']);
  });

  it('goes on while a key is held down only with commands that are meant to', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([
      command('step', { shortcut: 'ArrowRight', isRepeatable: true, run: () => ran.push('step') }),
      command('play', { shortcut: 'Space', run: () => ran.push('play') }),
    ]);
    const used = [
      press('ArrowRight'),
      { ...press('ArrowRight'), isRepeated: true },
      press(' '),
      { ...press(' '), isRepeated: true },
    ].map((one) => registry.press(one));
    expect(ran).toEqual(['step', 'step', 'play']);
    expect(used).toEqual([true, true, true, false]);
  });

  it('follows two strokes when the second comes soon enough', () => {
    let time = 0;
    const registry = createCommandRegistry(() => time);
    let runs = 0;
    registry.register([command('go', { shortcut: 'g r', run: () => runs++ })]);
    registry.press(press('g'));
    time = 500;
    registry.press(press('r'));
    expect(runs).toBe(1);
    registry.press(press('g'));
    time = 5000;
    registry.press(press('r'));
    expect(runs).toBe(1);
  });

  it('offers and runs only what can be done now', () => {
    const registry = createCommandRegistry();
    let isPossible = false;
    let runs = 0;
    registry.register([command('a', { shortcut: 'p', when: () => isPossible, run: () => runs++ })]);
    expect(registry.available()).toEqual([]);
    expect(registry.run('a')).toBe(false);
    expect(registry.press(press('p'))).toBe(false);
    isPossible = true;
    expect(registry.run('a')).toBe(true);
    expect(runs).toBe(1);
  });

  it('gives one shortcut to the command of the page that is shown, and back when it is left', () => {
    const registry = createCommandRegistry();
    const ran: string[] = [];
    registry.register([command('frame', { shortcut: '/', run: () => ran.push('frame') })]);
    const leave = registry.register([command('page', { shortcut: '/', run: () => ran.push('page') })]);
    registry.press(press('/'));
    leave();
    registry.press(press('/'));
    expect(ran).toEqual(['page', 'frame']);
  });
});

describe('keys on the window', () => {
  it('run a shortcut with Ctrl even where the focused control takes its key, and leave plain keys to the control', () => {
    const ran: string[] = [];
    const reached: string[] = [];
    const page = mount(
      defineComponent({
        setup() {
          useShortcuts();
          useCommands([
            command('start', { shortcut: 'Mod+Enter', run: () => ran.push('start') }),
            command('open', { shortcut: 'Enter', run: () => ran.push('open') }),
          ]);
          return () =>
            h('div', {
              tabindex: 0,
              onKeydown: (event: KeyboardEvent) => {
                reached.push(event.key);
                event.preventDefault();
              },
            });
        },
      }),
      { attachTo: document.body },
    );
    const send = (ctrlKey: boolean): unknown =>
      page.element.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', ctrlKey, bubbles: true, cancelable: true }),
      );
    send(true);
    expect([ran, reached]).toEqual([['start'], []]);
    send(false);
    expect([ran, reached]).toEqual([['start'], ['Enter']]);
    page.unmount();
  });
});

describe('a focused control', () => {
  /** Focuses what `html` marks with an x attribute and presses `key` there; whether the shortcut of that key ran. */
  function fires(html: string, key: string): boolean {
    let runs = 0;
    const page = mount(
      defineComponent({
        setup() {
          useShortcuts();
          useCommands([command('it', { shortcut: key === ' ' ? 'Space' : key, run: () => runs++ })]);
          return () => h('div', { innerHTML: html });
        },
      }),
      { attachTo: document.body },
    );
    page.element
      .querySelector('[x]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
    page.unmount();
    return runs > 0;
  }

  it.each([
    '<input x>',
    '<input x type="search">',
    '<input x type="number">',
    '<input x type="date">',
    '<input x type="range">',
    '<textarea x></textarea>',
    '<select x><option>n</option></select>',
    '<div x contenteditable="true" tabindex="0"></div>',
    '<div contenteditable="plaintext-only"><b x>n</b></div>',
    '<input x role="combobox" type="text">',
    '<div x role="combobox" tabindex="0"></div>',
    '<ul x role="listbox" tabindex="0"></ul>',
    '<ul role="listbox"><li x role="option" tabindex="-1"></li></ul>',
    '<div role="menu"><button x role="menuitem"></button></div>',
    '<div x role="tree" tabindex="0"></div>',
    '<div x role="grid" tabindex="0"></div>',
    '<div x role="slider" tabindex="0"></div>',
    '<div x role="spinbutton" tabindex="0"></div>',
    '<svg><rect x="1" role="slider" tabindex="0"/></svg>',
    // The UI kit's drop-downs and lists, which say nothing of themselves, and a button whose menu is open.
    '<div class="n-base-selection"><div x class="n-base-selection-label" tabindex="0"></div></div>',
    '<div x tabindex="0"></div>',
    '<button x>More</button><div class="n-dropdown-menu"></div>',
  ])('keeps letters, digits and signs: %s', (html) => {
    for (const key of ['n', '7', '/', '?', ' ', 'ArrowRight', 'Escape'])
      expect([key, fires(html, key)]).toEqual([key, false]);
  });

  it.each([
    ['<button x></button>', ['Enter', ' ']],
    ['<div x role="button" tabindex="0"></div>', ['Enter', ' ']],
    ['<a x href="#">A</a>', ['Enter']],
    ['<input x type="checkbox">', ['Enter', ' ']],
    ['<div x role="switch" tabindex="0"></div>', ['Enter', ' ']],
    ['<input x type="radio">', ['Enter', ' ', 'ArrowRight', 'Home']],
    ['<div x role="tab" tabindex="0"></div>', ['Enter', ' ', 'ArrowRight', 'Home']],
    ['<div x role="separator" tabindex="0"></div>', ['ArrowRight', 'Home']],
  ] as const)('that is only pressed or moved keeps the keys for that: %s', (html, own) => {
    for (const key of ['Enter', ' ', 'ArrowRight', 'Home', 'n', '7', '/'])
      expect([key, fires(html, key)]).toEqual([key, !(own as readonly string[]).includes(key)]);
  });

  it.each([
    '<div x></div>',
    '<main x tabindex="-1"></main>',
    '<article x tabindex="0"></article>',
    '<div x role="row" tabindex="0"></div>',
    '<div x role="application" tabindex="0"></div>',
    '<div x role="group" tabindex="-1"></div>',
    '<div x contenteditable="false"></div>',
  ])('is none: the page has its shortcuts: %s', (html) => {
    for (const key of ['n', ' ', 'ArrowRight']) expect([key, fires(html, key)]).toEqual([key, true]);
  });

  it('can hand its keys on to the commands that are about it, and to no others', () => {
    const track = (section: string): string => `<div x role="slider" tabindex="0" data-keys-of="${section}"></div>`;
    expect(fires(track('Test'), ' ')).toBe(true);
    expect(fires(track('Other'), ' ')).toBe(false);
  });
});

describe('fuzzy search', () => {
  const items = ['Go to Home', 'Go to Runs', 'New run', 'Switch between light and dark'];

  it('keeps the order for an empty query', () => {
    expect(fuzzyFilter('', items, (item) => item)).toEqual(items);
  });

  it('finds letters in order, words first', () => {
    expect(fuzzyFilter('gr', items, (item) => item)[0]).toBe('Go to Runs');
    expect(fuzzyFilter('new', items, (item) => item)).toEqual(['New run']);
    expect(fuzzyFilter('xyz', items, (item) => item)).toEqual([]);
  });

  it.each([
    ['gal', ['Go to Platforms', 'Galaxy S9', 'Portugal board'], ['Galaxy S9', 'Portugal board']],
    ['plat', ['Template', 'My platform', 'Platforms'], ['Platforms', 'My platform', 'Template']],
    ['net 18', ['ResNet-18', 'Net 1', 'Nine toes, 18'], ['ResNet-18']],
    ['gtp', ['Go to Pareto', 'Bright pictures'], ['Go to Pareto']],
    ['pbl', ['Go to Pareto', 'Pinch table'], ['Pinch table']],
  ])(
    'puts names before words, words before letters within them, and loose letters only where nothing else fits: %s',
    (query, all, found) => {
      expect(fuzzyFilter(query, all, (item) => item)).toEqual(found);
    },
  );

  it('finds further words after titles', () => {
    const all = [{ title: 'Board A', more: 'raspberry' }, { title: 'Raspberry Pi' }];
    expect(fuzzyFilter('rasp', all, (item) => item).map(({ title }) => title)).toEqual(['Raspberry Pi', 'Board A']);
  });
});
