import type {
  ParleyCall as ParleyCallElement,
  ParleyControls as ParleyControlsElement,
  ParleyLobby as ParleyLobbyElement,
} from '@parley-rtc/elements';
import { createLobby } from '@parley-rtc/elements/headless';
import type { ParleyTag } from '@parley-rtc/elements/tags';
import { render } from '@testing-library/react';
import { createRef } from 'react';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { ParleyCall, ParleyControls, ParleyInvite, ParleyLobby } from './elements.ts';
import './tags.ts';

const ticket = () => 'the ticket';

/** A lobby's store that counts how often its devices are opened and released. */
const watchedLobby = () => ({
  ...createLobby({ camera: false, microphone: false }),
  open: vi.fn<() => void>(),
  close: vi.fn<() => void>(),
});

describe('components for elements', () => {
  it('set properties, also those that no attribute could carry', () => {
    const ref = createRef<ParleyCallElement>();
    render(
      <ParleyCall ref={ref} server="https://rtc.example.com" ticket={ticket} className="wide" id="call" />,
    );
    expect(ref.current?.localName).toBe('parley-call');
    expect(ref.current?.server).toBe('https://rtc.example.com');
    expect(ref.current?.ticket).toBe(ticket);
    expect(ref.current?.className).toBe('wide');
    expect(ref.current?.id).toBe('call');
  });

  it('follow changes, and leave what is not given as the element has it', () => {
    const ref = createRef<ParleyControlsElement>();
    const { rerender } = render(<ParleyControls ref={ref} openPanel="chat" />);
    expect([ref.current?.openPanel, ref.current?.hasShortcuts]).toEqual(['chat', true]);
    rerender(<ParleyControls ref={ref} hasShortcuts={false} />);
    expect([ref.current?.openPanel, ref.current?.hasShortcuts]).toEqual([undefined, false]);
  });

  it('call the newest listener with the event, which it can cancel', () => {
    const ref = createRef<ParleyControlsElement>();
    const first = vi.fn<(forEveryone: boolean) => void>();
    const { rerender } = render(
      <ParleyControls ref={ref} onLeave={({ detail }) => first(detail.forEveryone)} />,
    );
    const leave = () =>
      ref.current?.dispatchEvent(
        new CustomEvent('parley-leave', { detail: { forEveryone: true }, cancelable: true }),
      );
    expect(leave()).toBe(true);
    rerender(<ParleyControls ref={ref} onLeave={(event) => event.preventDefault()} />);
    expect(leave()).toBe(false);
    expect(first.mock.calls).toEqual([[true]]);
  });

  it('never open devices through a store that they were not given', async () => {
    // jsdom has no media.
    vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
    const [first, second] = [watchedLobby(), watchedLobby()];
    const ref = createRef<ParleyLobbyElement>();
    const { rerender } = render(<ParleyLobby ref={ref} store={first} />);
    await ref.current?.updateComplete;
    expect([first.open, first.close].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
    rerender(<ParleyLobby ref={ref} store={second} />);
    await ref.current?.updateComplete;
    expect([first.open, first.close].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(second.open).toHaveBeenCalledTimes(1);
  });

  it('render what is inside them', () => {
    const { container } = render(
      <ParleyCall>
        <h1 slot="lobby-title">The surgery</h1>
      </ParleyCall>,
    );
    expect(container.querySelector('parley-call > [slot="lobby-title"]')?.textContent).toBe('The surgery');
  });

  it('know their properties and events by type', () => {
    expectTypeOf<ParleyTag>().toEqualTypeOf<Extract<keyof HTMLElementTagNameMap, `parley-${string}`>>();
    expectTypeOf<Parameters<typeof ParleyCall>[0]['conferenceId']>().toEqualTypeOf<string | undefined>();
    // @ts-expect-error -- no such panel
    const wrongPanel = <ParleyControls openPanel="talk" />;
    // @ts-expect-error -- no such event
    const wrongEvent = <ParleyInvite onJoined={() => undefined} />;
    const right = (
      <ParleyCall
        onJoined={({ detail }) => void detail.conference.leave()}
        onEnded={({ detail }) => expectTypeOf(detail.ending).toExtend<string>()}
      />
    );
    expect([wrongPanel, wrongEvent, right]).toHaveLength(3);
  });
});

describe('tags in JSX', () => {
  it('have properties and events by type, which React 19 sets', () => {
    const onLeave = vi.fn<(isForAll: boolean) => void>();
    const { container } = render(
      <parley-controls
        openPanel="people"
        onparley-leave={({ detail }) => onLeave(detail.forEveryone)}
        class="bar"
      ></parley-controls>,
    );
    // @ts-expect-error -- no such property
    const wrong = <parley-controls openPanels="people"></parley-controls>;
    const controls = container.querySelector('parley-controls');
    controls?.dispatchEvent(new CustomEvent('parley-leave', { detail: { forEveryone: false } }));
    expect([controls?.openPanel, controls?.className, wrong.type]).toEqual([
      'people',
      'bar',
      'parley-controls',
    ]);
    expect(onLeave.mock.calls).toEqual([[false]]);
  });
});
