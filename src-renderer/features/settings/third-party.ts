/** The packages of others that the build contains, with their licences: written next to the pages by the build. */
import { z } from 'zod';

const noticeSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  source: z.string(),
  text: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

const FILE = 'third-party.json';

/** Undefined where the pages come from a development server, for which no build has written it. */
export async function loadNotices(fetchFile: typeof fetch = fetch): Promise<readonly Notice[] | undefined> {
  const response = await fetchFile(FILE);
  const isThere = response.ok && response.headers.get('content-type')?.startsWith('application/json') === true;
  return isThere ? z.array(noticeSchema).parse(await response.json()) : undefined;
}
