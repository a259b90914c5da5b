/** Somebody receiving a stream. Views are no part of a conference's history: nobody else needs to know them. */
export interface View {
  readonly conferenceId: string;
  readonly streamId: string;
  readonly viewerId: string;
  /** Who receives. */
  readonly userId: string;
  /** The viewer's own endpoint inside the conference. */
  readonly endpointId: string;
}

/** The views that are open or being opened, by conference and viewer id. */
export class Views {
  readonly #views = new Map<string, Map<string, View>>();

  get(conferenceId: string, viewerId: string): View | undefined {
    return this.#views.get(conferenceId)?.get(viewerId);
  }

  /** How many views an endpoint has in a conference. */
  countOf(conferenceId: string, endpointId: string): number {
    let count = 0;
    for (const view of this.#views.get(conferenceId)?.values() ?? []) {
      if (view.endpointId === endpointId) count += 1;
    }
    return count;
  }

  /** How many views there are. */
  get size(): number {
    let size = 0;
    for (const inConference of this.#views.values()) size += inConference.size;
    return size;
  }

  /** Adds a view, in place of one with the same viewer id. */
  set(view: View): void {
    const inConference = this.#views.get(view.conferenceId) ?? new Map<string, View>();
    this.#views.set(view.conferenceId, inConference.set(view.viewerId, view));
  }

  /** Forgets this very view; one that took its place stays. */
  delete(view: View): void {
    const inConference = this.#views.get(view.conferenceId);
    if (inConference?.get(view.viewerId) === view) inConference.delete(view.viewerId);
    if (inConference?.size === 0) this.#views.delete(view.conferenceId);
  }

  /** Forgets the views that `isMeant` picks, and returns them. */
  take(conferenceId: string, isMeant: (view: View) => boolean): readonly View[] {
    const taken = [...(this.#views.get(conferenceId)?.values() ?? [])].filter(isMeant);
    for (const view of taken) this.delete(view);
    return taken;
  }
}
