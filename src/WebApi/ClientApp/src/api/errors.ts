import type { Problem } from './types'

/** Why a call was not answered with what it asked for: a problem that the service described, or no answer at all. */
export class ApiError extends Error {
  /** The HTTP status; 0 where the service could not be reached. */
  readonly status: number
  readonly title: string
  readonly detail: string
  /** The service's word for it, such as CONFLICT; null where no problem came. */
  readonly code: Problem['error_code'] | null
  /** Names the failure in the service's log. */
  readonly errorId: string | null
  /** What is wrong with each field of the body or query. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Seconds after which trying again makes sense; null where the service says nothing. */
  readonly retryAfter: number | null

  constructor(of: {
    status: number
    title: string
    detail: string
    code?: Problem['error_code'] | null
    errorId?: string | null
    fields?: Readonly<Record<string, readonly string[]>>
    retryAfter?: number | null
  }) {
    super(of.detail || of.title)
    this.name = 'ApiError'
    this.status = of.status
    this.title = of.title
    this.detail = of.detail
    this.code = of.code ?? null
    this.errorId = of.errorId ?? null
    this.fields = of.fields ?? {}
    this.retryAfter = of.retryAfter ?? null
  }

  /** Whether the same call may well succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }

  /** Reads the problem of an answer that is none. */
  static async of(response: Response): Promise<ApiError> {
    const problem = await readProblem(response)
    return new ApiError({
      status: response.status,
      title: problem.title ?? 'The service answered with an error',
      detail: problem.detail ?? `It answered with status ${response.status}.`,
      code: problem.error_code ?? null,
      errorId: problem.error_id ?? null,
      fields: problem.errors ?? {},
      retryAfter: problem.retry_after ?? secondsOf(response.headers.get('Retry-After')),
    })
  }

  /** There was no answer. */
  static unreachable(): ApiError {
    return new ApiError({ status: 0, title: 'The service cannot be reached', detail: 'Check the connection. This page tries again by itself.' })
  }

  /** Nobody is signed in, or no longer. */
  static signedOut(): ApiError {
    return new ApiError({ status: 401, title: 'You are signed out', detail: 'Sign in to go on.', code: 'AUTH_FAILED' })
  }
}

/** The error of whatever was thrown; null where the call was given up on purpose. */
export function asApiError(thrown: unknown): ApiError | null {
  if (thrown instanceof ApiError) {
    return thrown
  }

  return thrown instanceof DOMException && thrown.name === 'AbortError' ? null : ApiError.unreachable()
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) {
    return {}
  }

  try {
    return (await response.json()) as Partial<Problem>
  } catch {
    return {}
  }
}

/** Retry-After in seconds; a date counts from now. */
function secondsOf(header: string | null): number | null {
  if (header === null) {
    return null
  }

  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000)
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}
