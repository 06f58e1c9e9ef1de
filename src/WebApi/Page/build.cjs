// Builds the page of ../ClientApp into a folder, each file with its compressed forms beside it. Page.targets and the Dockerfile run it.
//
//   node build.cjs FOLDER      does what is left to do; where this machine cannot, page-missing.txt beside the folder says why
//   node build.cjs --install   installs the packages alone
//
// Exit codes: 0 done; 3 this machine cannot, and the folder holds no page; 1 the page itself does not build.
// An old Node.js has to be able to read it, to be told that it is one: CommonJS, and no syntax that is newer than promises.
'use strict'
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')
const zlib = require('zlib')
const { spawnSync } = require('child_process')

const client = path.join(__dirname, '..', 'ClientApp')
const modules = path.join(client, 'node_modules')
const dist = path.join(client, 'dist')
// What was done is noted here, beside what the compiler keeps.
const notes = path.join(__dirname, '..', 'obj', 'page')
const lock = path.join(notes, 'lock')

const cannot = 3
const leastNode = 18
const lockPatience = 10 * 60 * 1000
// What npm calls faults of the page's own: its lock file is not of its package.json, cannot be read, or names packages that are none. Whatever else npm cannot do is due to the machine, to its way to the registry, or to the registry.
const ownFaults = ['EUSAGE', 'EINTEGRITY', 'EJSONPARSE', 'ERESOLVE', 'EINVALIDPACKAGENAME', 'EINVALIDTAGNAME', 'EUNSUPPORTEDPROTOCOL']

class Failure extends Error {
  constructor(message, code, reason) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

/** The reason is one line that names no path: the service logs it. */
function unable(reason, output) {
  return new Failure(`The page is not built: ${reason} The API works without it.${output ? `\n${output}` : ''}`, cannot, reason)
}

/** Where the service reads why there is no page, as nobody may have read what the build said. */
function whyMissing(folder) {
  return path.join(path.dirname(folder), 'page-missing.txt')
}

/** Every file below a folder but those that are made, in one order. */
function sources(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => ![modules, dist].includes(path.join(folder, entry.name)))
    .map((entry) => (entry.isDirectory() ? sources(path.join(folder, entry.name)) : [path.join(folder, entry.name)]))
    .reduce((all, some) => all.concat(some), [])
    .sort()
}

function digest(files) {
  const hash = crypto.createHash('sha256')
  for (const file of files) {
    const bytes = fs.readFileSync(file)
    hash.update(`${path.relative(client, file)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function read(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null
}

function npm(args) {
  const run = spawnSync('npm', args, { cwd: client, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024, env: Object.assign({}, process.env, { NO_COLOR: '1' }) })
  if (run.error) {
    throw ['ENOENT', 'EACCES'].includes(run.error.code) ? unable('there is no npm.') : run.error
  }
  return { ok: run.status === 0, output: `${run.stdout}${run.stderr}`.trim() }
}

/** Installs what the lock file says, where that is not what is there. */
function install() {
  const wanted = digest(['package.json', 'package-lock.json', '.npmrc'].map((name) => path.join(client, name)))
  // Within what npm removes first: half an installation has no note.
  const note = path.join(modules, '.installed')
  if (read(note) === wanted) {
    return
  }
  const run = npm(['ci', '--include=dev', '--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'])
  if (!run.ok) {
    const code = (/^npm (?:error|ERR!) code (\w+)\r?$/m.exec(run.output) || [])[1]
    throw ownFaults.includes(code) ? new Failure(run.output, 1) : unable(`npm could not install its packages${code ? ` (${code})` : ''}.`, run.output)
  }
  fs.writeFileSync(note, wanted)
}

/** Builds the page into dist, where what is there was built of something else. */
function build(wanted) {
  const note = path.join(notes, 'dist')
  if (read(note) === wanted && fs.existsSync(dist)) {
    return
  }
  install()
  fs.rmSync(note, { force: true })
  const run = npm(['run', '--silent', 'build'])
  if (!run.ok) {
    throw new Failure(run.output, 1)
  }
  fs.writeFileSync(note, wanted)
}

/** Copies a folder, and compresses as hard as it goes: that is done once, and sent often. The HTML is compressed by the service, which puts addresses into it. */
function copyCompressed(from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) {
      copyCompressed(source, target)
      continue
    }
    const bytes = fs.readFileSync(source)
    fs.writeFileSync(target, bytes)
    if (!entry.name.endsWith('.html')) {
      fs.writeFileSync(`${target}.br`, zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
      fs.writeFileSync(`${target}.gz`, zlib.gzipSync(bytes, { level: zlib.constants.Z_BEST_COMPRESSION }))
    }
  }
}

function put(folder) {
  fs.rmSync(whyMissing(folder), { force: true })
  const wanted = digest(sources(client).concat(__filename))
  const note = path.join(notes, crypto.createHash('sha256').update(folder).digest('hex'))
  if (read(note) === wanted && fs.existsSync(path.join(folder, 'index.html'))) {
    return
  }
  // Never half a page, nor one that was built of other sources.
  fs.rmSync(note, { force: true })
  fs.rmSync(folder, { recursive: true, force: true })
  build(wanted)
  const half = `${folder}.half`
  fs.rmSync(half, { recursive: true, force: true })
  copyCompressed(dist, half)
  fs.renameSync(half, folder)
  fs.writeFileSync(note, wanted)
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** One build at a time: they share the installed packages and dist. The lock of one that died is taken over. */
function locked(work) {
  fs.mkdirSync(notes, { recursive: true })
  const sleep = new Int32Array(new SharedArrayBuffer(4))
  for (const end = Date.now() + lockPatience; ; Atomics.wait(sleep, 0, 0, 200)) {
    try {
      fs.writeFileSync(lock, `${process.pid}`, { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error
      }
      const owner = Number(read(lock))
      if (owner > 0 && !isRunning(owner)) {
        fs.rmSync(lock, { force: true })
      } else if (Date.now() > end) {
        throw new Failure(`Another build of the page does not end (process ${owner}; ${lock}).`, 1)
      }
    }
  }
  try {
    work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

function main(folder) {
  if (Number(process.versions.node.split('.')[0]) < leastNode) {
    throw unable(`Node.js ${process.versions.node} is too old, it takes version ${leastNode} or newer.`)
  }
  locked(() => (folder ? put(folder) : install()))
}

const folder = process.argv[2] === '--install' ? null : path.resolve(process.argv[2])
try {
  main(folder)
} catch (error) {
  if (error.code === cannot && folder) {
    fs.writeFileSync(whyMissing(folder), `${error.reason}\n`)
  }
  console.error(error instanceof Failure ? error.message : error.stack)
  process.exitCode = error.code === cannot ? cannot : 1
}
