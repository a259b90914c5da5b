import { createContext, type Context } from '@lit/context';
import type { Conference } from '@parley-rtc/sdk';
import type { Texts } from '../texts/en.ts';

type Key = { readonly __parley: string };

function keyFor<Value>(name: string): Context<Key, Value> {
  return createContext<Value, Key>({ __parley: name });
}

/** The conference of the elements inside; `parley-conference` and `parley-call` provide it. */
export const conferenceContext: Context<Key, Conference | undefined> = keyFor('conference');

/** Texts that replace those of the language; `parley-conference` and `parley-call` provide them. */
export const textsContext: Context<Key, Partial<Texts> | undefined> = keyFor('texts');
