/** The messages of the WebSocket between a renderer and a served host; binary frames in the form of codec.ts. */
import { z } from 'zod';
import { WorkbenchError } from '../domain/errors.ts';
import { parseDocument } from '../domain/parse.ts';
import { decodeMessage, encodeMessage } from './codec.ts';
import { beyondValueLimits } from './input-limits.ts';
import { beyondLimits, type MessageLimits } from './message-limits.ts';

/** The largest request, bytes: a network of ten thousand layers has a few million. */
export const MAX_REQUEST_BYTES = 8_000_000;
/** What a host takes apart in one go without holding up everyone else; ten thousand layers have about 300,000 values. */
const requestLimits: MessageLimits = { maxDepth: 32, maxValues: 500_000 };

/** @throws WorkbenchError `request.tooLarge` for an input that comes as values and is beyond what a message may be */
export function assertRequestSize(route: string, input: unknown): void {
  const fault = beyondValueLimits(input, { ...requestLimits, maxBytes: MAX_REQUEST_BYTES });
  if (fault !== undefined) throw tooLarge(route, fault);
}

function tooLarge(route: string, fault: string): WorkbenchError {
  return new WorkbenchError('request.tooLarge', `the request ${route} is too large to be sent: ${fault}`, {
    hint: 'split the document, or use the command line',
  });
}

/** An error as it crosses the boundary: see `ErrorPayload`. */
export const errorPayloadSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(
    z.object({
      path: z.array(z.union([z.string(), z.number()])),
      message: z.string(),
      value: z.string().exactOptional(),
      expected: z.string(),
      hint: z.string().exactOptional(),
    }),
  ),
  hint: z.string(),
  path: z.array(z.union([z.string(), z.number()])).exactOptional(),
});

/** Renderer to host: a request. `id` is the client's, and comes back with the answer. */
export const requestMessageSchema = z.strictObject({
  id: z.int().min(0),
  route: z.string(),
  input: z.unknown().optional(),
});
export type RequestMessage = z.output<typeof requestMessageSchema>;

export const answerSchema = z.union([
  z.strictObject({ error: errorPayloadSchema }),
  z.strictObject({ output: z.unknown() }),
]);
/** How a request ended, on every transport. */
export type Answer = z.output<typeof answerSchema>;

/** Host to renderer: the answer to a request, or an event. */
export const hostMessageSchema = z.union([
  z.strictObject({ event: z.string(), payload: z.unknown() }),
  z.strictObject({ id: z.int().min(0), error: errorPayloadSchema }),
  z.strictObject({ id: z.int().min(0), output: z.unknown() }),
]);
export type HostMessage = z.output<typeof hostMessageSchema>;

/** The bytes of a request. @throws WorkbenchError `request.tooLarge` for one that no host would take, `contract.notEncodable` */
export function encodeRequest(request: RequestMessage): Uint8Array<ArrayBuffer> {
  const bytes = encodeMessage(request);
  const fault =
    bytes.byteLength > MAX_REQUEST_BYTES
      ? `it has ${bytes.byteLength} bytes, more than ${MAX_REQUEST_BYTES}`
      : beyondLimits(bytes, requestLimits);
  if (fault !== undefined) throw tooLarge(request.route, fault);
  return bytes;
}

/** @throws WorkbenchError `contract.notDecodable` (also for one beyond the limits of a request) or `request.invalid` */
export function parseRequestMessage(bytes: Uint8Array): RequestMessage {
  return parseDocument(requestMessageSchema, decodeMessage(bytes, requestLimits), 'request');
}

/** @throws WorkbenchError `contract.notDecodable` or `answer.invalid` */
export function parseHostMessage(bytes: Uint8Array): HostMessage {
  return parseDocument(hostMessageSchema, decodeMessage(bytes), 'answer');
}
