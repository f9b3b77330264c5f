import type { Chance } from '../chance.ts';
import { type AskedParameter, type AskedSecret, anyParameter, anySecret, REFERENCE } from './model-reads.ts';
import type { ModelledAws } from './modelled-aws.ts';

/** One read of so many asks for something that was not asked for of late. */
const NEW_EVERY = 15;
const MANY_LAST = 6;

/** Chooses what clients ask for: most often what they asked for before, as a function does. */
export class AskedValues {
  readonly #chance: Chance;
  readonly #aws: ModelledAws;
  readonly #lastParameters: AskedParameter[] = [];
  readonly #lastSecrets: AskedSecret[] = [];

  constructor(chance: Chance, aws: ModelledAws) {
    this.#chance = chance;
    this.#aws = aws;
  }

  parameter(): AskedParameter {
    return this.#again(this.#lastParameters, () =>
      this.#chance.oneIn(6) ? REFERENCE : anyParameter(this.#chance, this.#aws),
    );
  }

  secret(): AskedSecret {
    return this.#again(this.#lastSecrets, () => anySecret(this.#chance, this.#aws));
  }

  /** A secret without a version or stage. */
  currentSecret(): AskedSecret {
    const asked = this.secret();
    const { versionId, stage } = asked.query;
    return versionId === undefined && stage === undefined ? asked : anySecret(this.#chance, this.#aws, true);
  }

  #again<Asked>(last: Asked[], ask: () => Asked): Asked {
    const [first, ...others] = last;
    if (first !== undefined && !this.#chance.oneIn(NEW_EVERY)) return this.#chance.pick([first, ...others]);
    const asked = ask();
    last.push(asked);
    if (last.length > MANY_LAST) last.shift();
    return asked;
  }
}
