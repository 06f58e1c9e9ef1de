import { describe, expect, it } from 'vitest'
import { EventTooLargeError, type StreamMessage, StreamParser } from './sse'

function parse(chunks: readonly string[], id = ''): StreamMessage[] {
  const messages: StreamMessage[] = []
  const parser = new StreamParser({ message: (message) => messages.push(message) }, id)
  chunks.forEach((chunk) => parser.push(chunk))
  return messages
}

const stream = ': hello\n\nevent: nodes\ndata: {"a":\ndata: 1}\n\nid: n-1\nevent: invalidation\ndata:  é😀\n\ndata\n\nid\ndata: last\n\n'
const messages = [
  { event: 'nodes', data: '{"a":\n1}', id: '' },
  { event: 'invalidation', data: ' é😀', id: 'n-1' },
  { event: 'message', data: '', id: 'n-1' },
  { event: 'message', data: 'last', id: '' },
]

describe('StreamParser', () => {
  it('push_WhenEventsHaveNamesIdsAndSeveralLines_TellsThem', () => {
    expect(parse([stream])).toEqual(messages)
  })

  it('push_WhenLinesEndWithReturns_TellsTheSame', () => {
    expect(parse([stream.replaceAll('\n', '\r\n')])).toEqual(messages)
    expect(parse([stream.replaceAll('\n', '\r')])).toEqual(messages)
  })

  it.each(['\n', '\r\n', '\r'])('push_WhenChunksAreCutAnywhere_TellsTheSame %j', (end) => {
    const text = stream.replaceAll('\n', end)
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second += 3) {
        expect(parse([text.slice(0, first), '', text.slice(first, second), text.slice(second)])).toEqual(messages)
      }
    }

    expect(parse([...text.split('')])).toEqual(messages)
  })

  it('push_WhenAnEventHasNoData_TellsNothingAndForgetsItsName', () => {
    expect(parse(['event: nodes\nid: 7\n\ndata: x\n\n'])).toEqual([{ event: 'message', data: 'x', id: '7' }])
  })

  it('push_WhenTheLastEventIsNotEnded_KeepsItBack', () => {
    expect(parse(['data: x\n\ndata: y\n'])).toHaveLength(1)
  })

  it('push_WhenThereIsAnIdFromBefore_EventsCarryIt', () => {
    expect(parse(['data: x\n\n'], 'n-41')).toEqual([{ event: 'message', data: 'x', id: 'n-41' }])
  })

  it('push_WhenAnIdHoldsANul_IgnoresIt', () => {
    expect(parse(['id: n-1\ndata: x\n\nid: n\0-2\ndata: y\n\n']).map((message) => message.id)).toEqual(['n-1', 'n-1'])
  })

  it('push_WhenAFieldIsUnknownOrHasNoColon_IgnoresIt', () => {
    expect(parse(['something: else\nhurry\ndata:x\n\n'])).toEqual([{ event: 'message', data: 'x', id: '' }])
  })

  it('push_WhenTheServerSaysHowLongToWait_TellsIt', () => {
    const asked: number[] = []
    const parser = new StreamParser({ message: () => undefined, retry: (pause) => asked.push(pause) })
    parser.push('retry: 2500\nretry: soon\nretry: -1\nretry:\n\n')
    expect(asked).toEqual([2500])
  })

  it('push_WhenOneEventNeverEnds_GivesUpInsteadOfKeepingIt', () => {
    const half = 'x'.repeat(3 * 1024 * 1024)
    expect(() => parse([`data: ${half}`, half])).toThrow(EventTooLargeError)
    expect(() => parse([`data: ${half}\n`, `data: ${half}\n`])).toThrow(EventTooLargeError)
  })
})
