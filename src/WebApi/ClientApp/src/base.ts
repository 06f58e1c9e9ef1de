const said = document.querySelector<HTMLMetaElement>('meta[name="neurolab-base"]')?.content ?? '/'

/**
 * Where the service stands, ending with a slash: it may be below a path, and writes it into the page that it serves. Not the document's own base: links to a
 * place within the page would lead there, too, and the policy of the page forbids it.
 */
export const base = new URL(said, location.origin)
