import { en, type Texts } from './en.ts';

export const el: Texts = en;
