import type { Participant } from '@parley-rtc/contract';

/** How to show a person. */
export interface DisplayName {
  /** The verified name if there is one, otherwise the claimed one; undefined without either. */
  readonly name: string | undefined;
  /** Whether the issuer of the ticket or token vouches for the name. Never show another name as verified. */
  readonly isVerified: boolean;
  /** URL of a picture; always verified. */
  readonly picture: string | undefined;
  /** What the person is in this conference, for example `doctor`; always verified. */
  readonly role: string | undefined;
}

/** A participant, or someone in the waiting room. */
export interface NamedPerson {
  readonly verified?: Participant['verified'] | undefined;
  /** The field `name` is what the page claims. */
  readonly metadata?: Participant['metadata'];
  /** The name that someone in the waiting room claims. */
  readonly name?: string | undefined;
}

/** Returns the name to show for a participant or a guest. Prefers the verified profile to what the page claims about itself. */
export function displayNameOf({ verified, metadata, name }: NamedPerson): DisplayName {
  const { name: verifiedName, picture, role } = verified ?? {};
  const claimed: unknown = name ?? metadata?.['name'];
  return {
    name: verifiedName ?? (typeof claimed === 'string' && claimed !== '' ? claimed : undefined),
    isVerified: verifiedName !== undefined,
    picture,
    role,
  };
}
