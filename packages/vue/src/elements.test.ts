import type { ParleyControls as ParleyControlsElement } from '@parley-rtc/elements';
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { createApp, h, nextTick, reactive, shallowRef, type Component, type VNode } from 'vue';
import { ParleyCall, ParleyControls, type ParleyInvite } from './elements.ts';
import './tags.ts';

/** Mounts what `render` returns, and returns its root. */
function mount(render: () => VNode): HTMLElement {
  const host = document.createElement('div');
  document.body.append(host);
  const app = createApp({ render } satisfies Component);
  app.mount(host);
  onTestFinished(() => {
    app.unmount();
    host.remove();
  });
  return host;
}

const ticket = () => 'the ticket';

describe('components for elements', () => {
  it('set properties, also those that no attribute could carry', () => {
    const host = mount(() =>
      h(ParleyCall, { server: 'https://rtc.example.com', ticket, class: 'wide', id: 'call' }),
    );
    const call = host.querySelector('parley-call');
    expect(call?.server).toBe('https://rtc.example.com');
    expect(call?.ticket).toBe(ticket);
    expect([call?.className, call?.id]).toEqual(['wide', 'call']);
  });

  it('follow changes, and leave what is not given as the element has it', async () => {
    const props = shallowRef<{ openPanel?: 'chat'; hasShortcuts?: boolean }>({ openPanel: 'chat' });
    const controls = mount(() => h(ParleyControls, props.value)).querySelector('parley-controls');
    expect([controls?.openPanel, controls?.hasShortcuts]).toEqual(['chat', true]);
    props.value = { hasShortcuts: false };
    await nextTick();
    expect([controls?.openPanel || undefined, controls?.hasShortcuts]).toEqual([undefined, false]);
  });

  it('pass the objects themselves to elements, not their reactive proxies', () => {
    const texts = { 'lobby.title': 'Welcome' };
    const call = mount(() => h(ParleyCall, { texts: reactive(texts) })).querySelector('parley-call');
    expect(call?.texts).toBe(texts);
  });

  it('emit events, which a listener can cancel', () => {
    const onOther = vi.fn<() => void>();
    const controls = mount(() =>
      h(ParleyControls, {
        onLeave: (event) => event.preventDefault(),
        onFullScreen: onOther,
        onClick: onOther,
      }),
    ).querySelector('parley-controls');
    const leave = new CustomEvent('parley-leave', { detail: { forEveryone: true }, cancelable: true });
    expect(controls?.dispatchEvent(leave)).toBe(false);
    controls?.dispatchEvent(new CustomEvent('parley-full-screen'));
    controls?.click();
    expect(onOther).toHaveBeenCalledTimes(2);
  });

  it('render what is inside them', () => {
    const host = mount(() =>
      h(ParleyCall, null, { default: () => [h('h1', { slot: 'lobby-title' }, 'The surgery')] }),
    );
    expect(host.querySelector('parley-call > [slot="lobby-title"]')?.textContent).toBe('The surgery');
  });

  it('know their element, properties and events by type', () => {
    type Props = InstanceType<typeof ParleyControls>['$props'];
    expectTypeOf<InstanceType<typeof ParleyControls>['$el']>().toEqualTypeOf<ParleyControlsElement>();
    expectTypeOf<NonNullable<Props['onLeave']>>()
      .parameter(0)
      .toEqualTypeOf<CustomEvent<{ readonly forEveryone: boolean }>>();
    // @ts-expect-error -- no such panel
    const wrong: Props = { openPanel: 'talk' };
    type InviteProps = InstanceType<typeof ParleyInvite>['$props'];
    expectTypeOf<InviteProps>().not.toHaveProperty('onJoined');
    expect(wrong).toBeTruthy();
  });
});
