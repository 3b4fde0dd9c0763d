import type { TypedDetailsInput, TypedFragment } from '../gql/graphql'
import { shortDecimal } from '../lib/decimal'

type Address = NonNullable<TypedDetailsInput['addresses']>[number]

/** What the form holds: lists as lines, numbers as they are typed. */
export type Draft = {
  title: string
  firstName: string
  lastName: string
  company: string
  language: string
  birthday: string
  emails: string
  phones: string
  pages: string
  dates: { label: string; on: string; yearly: boolean }[]
  addresses: Required<{ [K in keyof Address]: NonNullable<Address[K]> }>[]
  siret: string
  ape: string
  vatNumber: string
  outstandingLimit: string
  maxPaymentDays: string
  risk: string
  onAccount: TypedFragment['onAccount']
  upTo: string
  loyalty: string
  taxName: string
  taxRate: string
}

export const emptyAddress: Draft['addresses'][number] = {
  kind: 'HOME',
  firstName: '',
  lastName: '',
  company: '',
  line1: '',
  line2: '',
  postalCode: '',
  city: '',
  region: '',
  countryCode: 'FR',
  phone: '',
}

const lines = (list: string[]) => list.join('\n')
const unlines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
const short = (n: string | null | undefined) => shortDecimal(n ?? '')
const typedNumber = (text: string) => text.trim().replace(/[\s\u00a0\u202f]/g, '').replace(',', '.') || null

export function draftOf(d?: TypedFragment): Draft {
  const b = d?.business
  return {
    title: d?.title ?? '',
    firstName: d?.firstName ?? '',
    lastName: d?.lastName ?? '',
    company: d?.company ?? '',
    language: d?.language ?? '',
    birthday: d?.birthday ?? '',
    emails: lines(d?.emails ?? []),
    phones: lines(d?.phones ?? []),
    pages: lines(d?.pages ?? []),
    dates: (d?.dates ?? []).map(({ label, on, yearly }) => ({ label, on, yearly })),
    addresses: (d?.addresses ?? []).map(({ kind, firstName, lastName, company, line1, line2, postalCode, city, region, countryCode, phone }) => ({
      kind,
      firstName,
      lastName,
      company,
      line1,
      line2,
      postalCode,
      city,
      region,
      countryCode,
      phone,
    })),
    siret: b?.siret ?? '',
    ape: b?.ape ?? '',
    vatNumber: b?.vatNumber ?? '',
    outstandingLimit: Number(b?.outstandingLimit ?? 0) ? short(b?.outstandingLimit) : '',
    maxPaymentDays: b?.maxPaymentDays ? String(b.maxPaymentDays) : '',
    risk: b?.risk ?? '',
    onAccount: d?.onAccount ?? 'UNKNOWN',
    upTo: short(d?.upTo),
    loyalty: short(d?.loyalty),
    taxName: d?.taxName ?? '',
    taxRate: short(d?.taxRate),
  }
}

/** The draft as the server takes it. */
export function detailsOf(d: Draft): TypedDetailsInput {
  const { siret, ape, vatNumber, risk, outstandingLimit, maxPaymentDays, ...rest } = d
  const isBusiness = [siret, ape, vatNumber, risk, outstandingLimit, maxPaymentDays].some((text) => text.trim() !== '')
  return {
    ...rest,
    birthday: d.birthday || null,
    emails: unlines(d.emails),
    phones: unlines(d.phones),
    pages: unlines(d.pages),
    upTo: d.onAccount === 'UP_TO' ? typedNumber(d.upTo) : null,
    loyalty: typedNumber(d.loyalty),
    taxRate: typedNumber(d.taxRate),
    business: isBusiness ? { siret, ape, vatNumber, risk, outstandingLimit: typedNumber(outstandingLimit) ?? '0', maxPaymentDays: Number.parseInt(maxPaymentDays, 10) || 0 } : null,
  }
}
