/**
 * Puts text on the clipboard. Where the webview refuses the clipboard, the
 * text is selected and copied the old way; says whether it worked.
 */
export async function copyText(text: string, shownIn: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shownIn);
    return document.execCommand("copy");
  }
}
