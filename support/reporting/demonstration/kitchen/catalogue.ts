/** The kitchen's own catalogue, release and lists; a demonstration changes what it is about. */
export interface KitchenCatalogue {
  readonly flows: readonly object[];
  readonly release: { readonly name: string; readonly coverage: number; readonly scope: readonly object[] };
  readonly open: readonly object[];
  readonly knownFailures: readonly object[];
}

const flow = (id: string, room: string, acceptance: readonly string[]) => ({ id, room, source: 'the cookery book', kind: 'flow', title: id.replaceAll('-', ' '), acceptance });

export const kitchenCatalogue: KitchenCatalogue = {
  flows: [flow('bake-a-pie', 'kitchen', ['A pie is golden.', 'A pie is cut into as many pieces as were asked for.']), flow('wash-up', 'scullery', ['Plates are clean.'])],
  release: { name: 'The first pie', coverage: 80, scope: [{ flow: 'bake-a-pie' }] },
  open: [{ room: 'scullery', reason: 'There is no scullery yet.' }],
  knownFailures: [],
};
