import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { ipv4Tail } from './hostName.ts'

/** What an address is, as far as letting a sandbox out to it goes. Everything but `public` needs a rule that names it. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'ownMachine'

/** `address` as the resolver or a literal gives it: numeric, IPv4 or IPv6, without a zone. */
export function addressClass(address: string): AddressClass {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const carried = carriedIPv4(address)
  if (carried !== undefined) return addressClass(carried)
  if (loopback.check(address, family)) return 'loopback'
  if (notPublic.check(address, family)) return 'private'
  if (family === 'ipv6' && !unicastV6.check(address, family)) return 'private'
  const own = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address))
  return own ? 'ownMachine' : 'public'
}

/** The IPv4 address that an IPv6 address stands for: what is said of that one holds for it. */
export function carriedIPv4(address: string): string | undefined {
  return !isIPv4(address) && carriesV4.check(address, 'ipv6') ? ipv4Tail(address) : undefined
}

function subnets(lines: string): BlockList {
  const list = new BlockList()
  for (const line of lines.trim().split(/\s+/)) {
    const [net, bits] = line.split('/')
    list.addSubnet(net!, Number(bits), isIPv4(net!) ? 'ipv4' : 'ipv6')
  }
  return list
}

const loopback = subnets('127.0.0.0/8 ::1/128')

// The special-purpose registries of RFC 6890, multicast, and 168.63.129.16, the one cloud metadata address that looks public.
// 6to4 (2002::/16), Teredo (inside 2001::/23) and IPv4-compatible addresses are refused whole: nobody needs them any more.
const notPublic = subnets(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
  192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
  2001::/23 2001:db8::/32 2002::/16 3fff::/20`)
const unicastV6 = subnets('2000::/3')

// IPv4-mapped, and the well-known NAT64 prefix, through which networks without IPv4 reach the rest.
const carriesV4 = subnets('::ffff:0:0/96 64:ff9b::/96')
