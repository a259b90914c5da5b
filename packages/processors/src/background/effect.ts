/** What to draw behind people. */
export type Effect =
  | { readonly kind: 'blur'; readonly radiusPx: number }
  | { readonly kind: 'image'; readonly image: ImageBitmap };
