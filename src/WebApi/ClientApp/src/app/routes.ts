/** The id in the path of an experiment's page; null: it is another path, or one that nobody could have been given. */
export function experimentIn(path: string): string | null {
  const id = /^\/experiments\/([^/]+)$/.exec(path)?.[1]
  try {
    return id === undefined ? null : decodeURIComponent(id)
  } catch {
    return null
  }
}
