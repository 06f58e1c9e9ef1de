import type { ComponentChildren } from 'preact'

export interface Column<Row> {
  readonly header: ComponentChildren
  readonly cell: (row: Row) => ComponentChildren
  /** Numbers stand at the end, in figures of one width. */
  readonly isNumber?: boolean
  /** A class of its cells, such as one that hides the column where there is no room. */
  readonly class?: string
  /** Names the row. */
  readonly isHeader?: boolean
}

export interface TableProps<Row> {
  /** What the table shows; read out, and seen unless hidden. */
  readonly caption: string
  readonly isCaptionHidden?: boolean
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row, index: number) => string | number
}

/** A table that scrolls sideways by itself where it is too wide. */
export function Table<Row>({ caption, isCaptionHidden = true, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div class="table-scroll" role="region" aria-label={`${caption} (table)`} tabIndex={0}>
      <table>
        <caption class={isCaptionHidden ? 'hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col" class={classOf(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr key={keyOf(row, rowIndex)}>
              {columns.map((column, index) =>
                column.isHeader ? (
                  <th key={index} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={index} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function classOf<Row>(column: Column<Row>): string | undefined {
  return [column.isNumber ? 'number' : '', column.class ?? ''].filter(Boolean).join(' ') || undefined
}
