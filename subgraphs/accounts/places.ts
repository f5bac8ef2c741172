import { Directive, Field, ID, Int } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { DateTimeScalar, TimeZoneScalar } from "../shared/scalars.ts";
import { Output } from "../shared/subgraph/output.ts";

@Directive('@key(fields: "id")')
@Output("Merchant", "A company that takes money.")
@Entity({ schema: "accounts", name: "merchant" })
export class Merchant {
  @Field(() => ID, { description: "Stable id, `mer_…`." })
  @PrimaryColumn({ type: "text", name: "merchant_id" })
  id!: string;

  @Field(() => String, { nullable: true, description: "Its name." })
  @Column({ type: "text" })
  name!: string;

  @Field(() => TimeZoneScalar, { nullable: true, description: "Where its day begins and ends." })
  @Column({ type: "text" })
  zone!: string;
}

@Directive('@key(fields: "id")')
@Output("Location", "A place where a merchant takes money.")
@Entity({ schema: "accounts", name: "location" })
export class Location {
  @PrimaryColumn({ type: "text", name: "merchant_id" })
  merchantId!: string;

  @Field(() => ID, { description: "Stable id, `loc_…`." })
  @PrimaryColumn({ type: "text" })
  id!: string;

  @Field(() => String, { nullable: true, description: "Its name." })
  @Column({ type: "text" })
  name!: string;

  @Field(() => String, { nullable: true, description: "The town it is in." })
  @Column({ type: "text", nullable: true })
  city!: string | null;

  @Field(() => String, { nullable: true, description: "ISO 3166-1 code of two letters." })
  @Column({ type: "char", length: 2 })
  country!: string;

  @Field(() => TimeZoneScalar, { nullable: true, description: "Decides the business date of what happens here." })
  @Column({ type: "text" })
  zone!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "No terminal comes here from then on; null while it is open.",
  })
  @Column({ type: "timestamptz", name: "closed_at", nullable: true })
  closedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: "Grows by one with each change; send it back as `expectedVersion`.",
  })
  @Column({ type: "int" })
  version!: number;
}

@Directive('@key(fields: "id")')
@Output("Terminal", "A device, or an application on one, that takes payments.")
@Entity({ schema: "accounts", name: "terminal" })
export class Terminal {
  @PrimaryColumn({ type: "text", name: "merchant_id" })
  merchantId!: string;

  @Field(() => ID, { description: "Stable id, `ter_…`." })
  @PrimaryColumn({ type: "text" })
  id!: string;

  @Field(() => String, { nullable: true, description: "Terminal id as providers write it; may pass to another place." })
  @Column({ type: "text" })
  tid!: string;

  @Column({ type: "text", name: "location_id" })
  locationId!: string;

  @Field(() => String, { nullable: true, description: "The application that takes the payments, if known." })
  @Column({ type: "text", nullable: true })
  application!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "In use at this place from here." })
  @Column({ type: "timestamptz", name: "valid_from" })
  validFrom!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "In use until here; null while it is." })
  @Column({ type: "timestamptz", name: "valid_to", nullable: true })
  validTo!: Date | null;
}
