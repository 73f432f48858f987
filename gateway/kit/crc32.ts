// The check sum of gzip, PNG and AWS event streams (CRC-32, polynomial 0xEDB88320).
// Promises: Node's own, which is native; here because pure folders import no built-ins of Node.

export { crc32 } from 'node:zlib'
