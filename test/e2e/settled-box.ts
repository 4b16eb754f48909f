/** Where things are on a page, for a mouse that presses and drags. */
import type { ElementHandle, Locator } from 'playwright-core';

/** Where an element is once nothing moves it any more: a page that still lays itself out would be pressed beside it. */
export async function settledBox(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const element = (await locator.elementHandle()) as ElementHandle;
  await element.waitForElementState('stable');
  const box = await element.boundingBox();
  if (box === null) throw new Error(`${String(locator)} is not shown`);
  return box;
}
