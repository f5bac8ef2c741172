/** What can be closed, as it is chosen and as the graph is asked for it. */
export type Place = {
  readonly key: string;
  readonly name: string;
  readonly zone: string | undefined;
  readonly input: { readonly merchantId: string; readonly locationId?: string; readonly terminalId?: string };
};

type Known = {
  readonly id: string;
  readonly name: string | null;
  readonly zone?: string | null;
  readonly locations: readonly KnownLocation[] | null;
};

type KnownLocation = {
  readonly id: string;
  readonly name: string | null;
  readonly zone?: string | null;
  readonly terminals?: readonly { readonly id: string; readonly tid: string | null }[] | null;
};

type Words = { readonly whole: (merchant: string) => string; readonly terminal: (tid: string) => string };

/** The whole of each merchant, then each of its locations with the terminals there. */
export function placesOf(merchants: readonly Known[], t: Words): readonly Place[] {
  return merchants.flatMap((merchant) => {
    const { id: merchantId, name, zone, locations } = merchant;
    const whole = {
      key: merchantId,
      name: t.whole(name ?? merchantId),
      zone: zone ?? undefined,
      input: { merchantId },
    };
    const each = (locations ?? []).flatMap((location): readonly Place[] => {
      const { id: locationId, name: locationName } = location;
      const clock = location.zone ?? zone ?? undefined;
      const input = { merchantId, locationId };
      const terminals = [...new Map((location.terminals ?? []).map((terminal) => [terminal.id, terminal])).values()];
      return [
        { key: locationId, name: locationName ?? locationId, zone: clock, input },
        ...terminals.map(({ id, tid }) => ({
          key: `${locationId} ${id}`,
          name: `${locationName ?? locationId}, ${t.terminal(tid ?? id)}`,
          zone: clock,
          input: { merchantId, terminalId: id },
        })),
      ];
    });
    return [whole, ...each];
  });
}
