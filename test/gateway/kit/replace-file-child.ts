// Replaces a file again and again until it is killed, or as often as it is told (replace-file.test.ts): one letter over and over, each time the next one.
// Leaves alone: looking at what is there afterwards.

import { replaceFile, replaceFileSync } from '../../../gateway/kit/replace-file.ts'

const [path = '', way = '', bytes = '', times = 'Infinity'] = process.argv.slice(2)
for (let count = 0; count < Number(times); count += 1) {
  const content = Buffer.alloc(Number(bytes), 'abcdefgh'.charAt(count % 8))
  if (way === 'replaceFileSync') replaceFileSync(path, content)
  else await replaceFile(path, content)
  if (count === 0) process.stdout.write('replaced\n')
}
