// Builds the page of ../ClientApp into a folder, each file with its compressed forms beside it. Page.targets and the Dockerfile run it.
//
//   node build.cjs FOLDER      does what is left to do; where this machine cannot, page-missing.txt beside the folder says why
//   node build.cjs --install   installs the packages alone
//
// Exit codes: 0 done; 3 this machine cannot, and the folder holds no page; 1 the page itself does not build; 130 and 143 a signal ended it.
// An old Node.js has to be able to read it, to be told that it is one: CommonJS, and no syntax that is newer than async functions.
'use strict'
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')
const zlib = require('zlib')
const { promisify } = require('util')
const { spawn } = require('child_process')

const client = path.join(__dirname, '..', 'ClientApp')
const modules = path.join(client, 'node_modules')
const dist = path.join(client, 'dist')
// What was done is noted here, beside what the compiler keeps.
const notes = path.join(__dirname, '..', 'obj', 'page')
const lock = path.join(notes, 'lock')
// Of what dist was built. Within what Vite empties first: a build by hand leaves none.
const built = path.join(dist, '.built')

const cannot = 3
const leastNode = 18
const lockPatience = 10 * 60 * 1000
// The owner of the lock says this often that it lives, and one that was silent for so long does not.
const lockRefresh = 2 * 1000
const lockSilence = 20 * 1000
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
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') {
      return null
    }
    throw error
  }
}

// What ends this early: a signal, or a lock that was lost. The command that runs is ended with it.
let stopped = null
let running = null

function stop(failure) {
  stopped = stopped || failure
  if (running) {
    running.kill()
  }
}

function goOn() {
  if (stopped) {
    throw stopped
  }
}

async function npm(args) {
  goOn()
  const run = await new Promise((resolve, reject) => {
    const pieces = []
    running = spawn('npm', args, { cwd: client, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32', env: Object.assign({}, process.env, { NO_COLOR: '1' }) })
    running.stdout.on('data', (piece) => pieces.push(piece))
    running.stderr.on('data', (piece) => pieces.push(piece))
    running.on('error', (error) => reject(['ENOENT', 'EACCES'].includes(error.code) ? unable('there is no npm.') : error))
    running.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(pieces).toString('utf8').trim() }))
  })
  running = null
  goOn()
  return run
}

/** Installs what the lock file says, where that is not what is there. */
async function install() {
  const wanted = digest(['package.json', 'package-lock.json', '.npmrc'].map((name) => path.join(client, name)))
  // Within what npm removes first: half an installation has no note.
  const note = path.join(modules, '.installed')
  if (read(note) === wanted) {
    return
  }
  const run = await npm(['ci', '--include=dev', '--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'])
  if (!run.ok) {
    const code = (/^npm (?:error|ERR!) code (\w+)\r?$/m.exec(run.output) || [])[1]
    throw ownFaults.includes(code) ? new Failure(run.output, 1) : unable(`npm could not install its packages${code ? ` (${code})` : ''}.`, run.output)
  }
  fs.writeFileSync(note, wanted)
}

/** Builds the page into dist, where what is there was built of something else. */
async function build(wanted) {
  if (read(built) === wanted) {
    return
  }
  await install()
  const run = await npm(['run', '--silent', 'build'])
  if (!run.ok) {
    throw new Failure(run.output, 1)
  }
  fs.writeFileSync(built, wanted)
}

/** Copies a folder, and compresses as hard as it goes: that is done once, and sent often. The HTML is compressed by the service, which puts addresses into it. */
async function copyCompressed(from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true }).filter((one) => path.join(from, one.name) !== built)) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) {
      await copyCompressed(source, target)
      continue
    }
    goOn()
    const bytes = fs.readFileSync(source)
    fs.writeFileSync(target, bytes)
    if (!entry.name.endsWith('.html')) {
      fs.writeFileSync(`${target}.br`, await promisify(zlib.brotliCompress)(bytes, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
      fs.writeFileSync(`${target}.gz`, await promisify(zlib.gzip)(bytes, { level: zlib.constants.Z_BEST_COMPRESSION }))
    }
  }
}

async function put(folder) {
  fs.rmSync(whyMissing(folder), { force: true })
  const wanted = digest(sources(client).concat(__filename))
  const note = path.join(notes, crypto.createHash('sha256').update(folder).digest('hex'))
  if (read(note) === wanted && fs.existsSync(path.join(folder, 'index.html'))) {
    return
  }
  // Never half a page, nor one that was built of other sources.
  fs.rmSync(note, { force: true })
  fs.rmSync(folder, { recursive: true, force: true })
  await build(wanted)
  const half = `${folder}.half`
  fs.rmSync(half, { recursive: true, force: true })
  await copyCompressed(dist, half)
  fs.renameSync(half, folder)
  fs.writeFileSync(note, wanted)
}

/** Takes the lock, where nobody has it. */
function take(token) {
  try {
    fs.writeFileSync(lock, token, { flag: 'wx' })
  } catch (error) {
    if (error.code === 'EEXIST') {
      return false
    }
    throw error
  }
  return read(lock) === token
}

/** Whether the owner of a lock is dead, whatever is in the lock: it may have died before it wrote. A time to come is of a clock that was set since. */
function isSilent(file) {
  return Math.abs(Date.now() - fs.statSync(file).mtimeMs) > lockSilence
}

/** Takes the lock from an owner that is dead. */
function putAside(token) {
  const aside = `${lock}.${token}`
  try {
    if (!isSilent(lock)) {
      return
    }
    fs.renameSync(lock, aside)
    if (!isSilent(aside)) {
      // Another one was quicker, and this is the lock that it took since: it gets it back.
      fs.copyFileSync(aside, lock, fs.constants.COPYFILE_EXCL)
    }
  } catch (error) {
    // The lock was given back, or taken, at this moment; or Windows has it open. The next try sees.
    if (!['ENOENT', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'].includes(error.code)) {
      throw error
    }
  } finally {
    fs.rmSync(aside, { force: true })
  }
}

/** Says that the owner lives; ends the work where the lock is another's, as it may be after the machine has slept. */
function refresh(token) {
  if (read(lock) === token) {
    const now = new Date()
    fs.utimesSync(lock, now, now)
    return
  }
  stop(new Failure(`Another build of the page took over (${lock}).`, 1))
}

/** One build at a time: they share the installed packages and dist. The lock of one that died is taken over. */
async function locked(work) {
  fs.mkdirSync(notes, { recursive: true })
  const token = `${process.pid}-${crypto.randomBytes(8).toString('hex')}`
  for (const end = Date.now() + lockPatience; !take(token); ) {
    putAside(token)
    if (Date.now() > end) {
      throw new Failure(`Another build of the page does not end (${lock}).`, 1)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    goOn()
  }
  const refreshing = setInterval(() => refresh(token), lockRefresh)
  try {
    await work()
  } finally {
    clearInterval(refreshing)
    if (read(lock) === token) {
      fs.rmSync(lock, { force: true })
    }
  }
}

async function main(folder) {
  if (Number(process.versions.node.split('.')[0]) < leastNode) {
    throw unable(`Node.js ${process.versions.node} is too old, it takes version ${leastNode} or newer.`)
  }
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
    process.on(signal, () => stop(new Failure(`The build of the page was ended (${signal}).`, code)))
  }
  await locked(() => (folder ? put(folder) : install()))
}

const folder = process.argv[2] === '--install' ? null : path.resolve(process.argv[2])
main(folder).catch((error) => {
  if (error.code === cannot && folder) {
    fs.mkdirSync(path.dirname(folder), { recursive: true })
    fs.writeFileSync(whyMissing(folder), `${error.reason}\n`)
  }
  console.error(error instanceof Failure ? error.message : error.stack)
  process.exitCode = error instanceof Failure ? error.code : 1
})
