import { useEffect } from 'preact/hooks'

/** Names the document while a view is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · NeuroLab 360`
  }, [title])
}
