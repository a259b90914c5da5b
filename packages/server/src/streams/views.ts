/**
 * A participant receiving a stream. Views are not part of a conference's history: other participants do not need to
 * know them.
 */
export interface View {
  readonly conferenceId: string;
  readonly streamId: string;
  readonly viewerId: string;
  /** The key of the viewing user. */
  readonly userKey: string;
  /** The viewer's endpoint in the conference. */
  readonly endpointId: string;
}

/** The views that are open or being opened, by conference and viewer id. */
export class Views {
  readonly #views = new Map<string, Map<string, View>>();

  get(conferenceId: string, viewerId: string): View | undefined {
    return this.#views.get(conferenceId)?.get(viewerId);
  }

  /** Number of an endpoint's views in a conference. */
  countOf(conferenceId: string, endpointId: string): number {
    let count = 0;
    for (const view of this.#views.get(conferenceId)?.values() ?? []) {
      if (view.endpointId === endpointId) count += 1;
    }
    return count;
  }

  /** Number of views that `isCounted` selects. */
  countIf(isCounted: (view: View) => boolean): number {
    let count = 0;
    for (const inConference of this.#views.values()) {
      for (const view of inConference.values()) if (isCounted(view)) count += 1;
    }
    return count;
  }

  /** Number of all views. */
  get size(): number {
    let size = 0;
    for (const inConference of this.#views.values()) size += inConference.size;
    return size;
  }

  /** Adds a view, replacing one with the same viewer id. */
  set(view: View): void {
    const inConference = this.#views.get(view.conferenceId) ?? new Map<string, View>();
    this.#views.set(view.conferenceId, inConference.set(view.viewerId, view));
  }

  /** Removes exactly this view, not one that replaced it. */
  delete(view: View): void {
    const inConference = this.#views.get(view.conferenceId);
    if (inConference?.get(view.viewerId) === view) inConference.delete(view.viewerId);
    if (inConference?.size === 0) this.#views.delete(view.conferenceId);
  }

  /** Removes and returns the views that `isSelected` selects. */
  take(conferenceId: string, isSelected: (view: View) => boolean): readonly View[] {
    const taken = [...(this.#views.get(conferenceId)?.values() ?? [])].filter(isSelected);
    for (const view of taken) this.delete(view);
    return taken;
  }
}
