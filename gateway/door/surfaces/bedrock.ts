// Amazon Bedrock's runtime, as AWS's own clients speak it, behind the vendor's prefix alone.
// Promises: an error is the service's own, by its status: AWS's clients go by the name in `__type`. Leaves alone: bodies; which paths there are (providers/bedrock).
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html ("Errors");
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html ("Operation error serialization"), as known 2026-11-21.

import type { ErrorFacts, Surface } from './surface.ts'

export const bedrock: Surface = {
  id: 'bedrock',
  prefixes: ['/bedrock'],
  idHeader: 'x-amzn-requestid',
  routes: () => [],
  wordError: ({ error, status, message }: ErrorFacts) => ({ message, __type: error.hints.vendor?.type ?? exceptionOf(status) }),
}

const exceptions: Readonly<Record<number, string>> = {
  401: 'AccessDeniedException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  504: 'ModelTimeoutException',
}

/** As each exception's own page says its status is. */
const exceptionOf = (status: number): string => exceptions[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException')
