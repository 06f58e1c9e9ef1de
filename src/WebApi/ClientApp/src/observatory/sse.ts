/** One event of a `text/event-stream`. */
export interface StreamMessage {
  /** Its name; `message` where the server gave none. */
  readonly event: string
  /** Its data; lines joined by line feeds. */
  readonly data: string
  /** The last id that the stream has given up to and with this event; empty where it gave none. */
  readonly id: string
}

/** What a parser tells of a stream. */
export interface StreamSink {
  message(message: StreamMessage): void
  /** The server asks for this pause before a connection is tried again, in milliseconds. */
  retry?(milliseconds: number): void
}

/** The stream sent more than a reader keeps of one event. */
export class EventTooLargeError extends Error {
  constructor() {
    super('One event of the stream is larger than this page reads.')
  }
}

const maxEventLength = 4 * 1024 * 1024

/**
 * Reads `text/event-stream` out of chunks of text that may be cut anywhere, as the HTML standard says: lines end with CR, LF or both, a line that begins
 * with a colon is a comment, an empty line ends an event, and an event without data is none. It keeps at most one event, and of that 4 Mi characters.
 */
export class StreamParser {
  readonly #sink: StreamSink
  #rest = ''
  #data: string[] = []
  #dataLength = 0
  #event = ''
  #id: string
  #afterReturn = false

  constructor(sink: StreamSink, id = '') {
    this.#sink = sink
    this.#id = id
  }

  /**
   * Reads the next chunk.
   * @throws EventTooLargeError an event is larger than is kept; the parser is of no further use.
   */
  push(chunk: string): void {
    let start = 0
    if (this.#afterReturn && chunk.length > 0) {
      this.#afterReturn = false
      start = chunk.startsWith('\n') ? 1 : 0
    }

    for (let index = start; index < chunk.length; index++) {
      const code = chunk.charCodeAt(index)
      if (code !== 10 && code !== 13) {
        continue
      }

      this.#line(this.#rest + chunk.slice(start, index))
      this.#rest = ''
      if (code === 13) {
        if (index + 1 === chunk.length) {
          this.#afterReturn = true
        } else if (chunk.charCodeAt(index + 1) === 10) {
          index++
        }
      }

      start = index + 1
    }

    this.#rest += chunk.slice(start)
    this.#check(this.#rest.length)
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch()
      return
    }

    const colon = line.indexOf(':')
    if (colon === 0) {
      return
    }

    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1)
    switch (field) {
      case 'event':
        this.#event = value
        break
      case 'data':
        this.#data.push(value)
        this.#dataLength += value.length + 1
        this.#check(this.#dataLength)
        break
      case 'id':
        if (!value.includes('\0')) {
          this.#id = value
        }

        break
      case 'retry':
        if (/^\d{1,9}$/.test(value)) {
          this.#sink.retry?.(Number(value))
        }

        break
      default:
        break
    }
  }

  #dispatch(): void {
    const data = this.#data
    const event = this.#event
    this.#data = []
    this.#dataLength = 0
    this.#event = ''
    if (data.length > 0) {
      this.#sink.message({ event: event === '' ? 'message' : event, data: data.join('\n'), id: this.#id })
    }
  }

  #check(length: number): void {
    if (length > maxEventLength) {
      throw new EventTooLargeError()
    }
  }
}
