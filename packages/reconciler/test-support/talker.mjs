/**
 * A host's side of a conversation, run inside its namespace. Reads commands as lines of JSON on stdin and answers each with
 * one line: `{ id, answer }`.
 *
 *     { id, listen: { name, port, address } }   TCP and UDP; tells every client its name and the client's address
 *     { id, ask: { protocol, address, port, sourcePort } }   what the server says; 'nothing' without an answer
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** How long a client waits, ms: packets of these tests need no more than one. */
const patience = 700;

const verbs = {
  listen,
  ask: ({ protocol, ...to }) => (protocol === 'tcp' ? askTcp(to) : askUdp(to)),
};

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, verb, options } = JSON.parse(line);
    const answer = await verbs[verb](options).catch((error) => `failed: ${error.message}`);
    process.stdout.write(`${JSON.stringify({ id, answer })}\n`);
  })
  .on('close', () => process.exit(0));

async function listen({ name, port, address = '::' }) {
  const greeting = (client) => `${name} sees ${client.replace(/^::ffff:/, '')}`;
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(greeting(socket.remoteAddress ?? '?'));
  });
  await new Promise((resolve, reject) => {
    tcp.on('error', reject).listen(port, address, resolve);
  });
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (_, client) => udp.send(greeting(client.address), client.port, client.address));
  await new Promise((resolve, reject) => {
    udp.on('error', reject).bind(port, address, resolve);
  });
  return 'listening';
}

function askTcp({ address, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let heard = '';
    const end = (answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end('nothing'), patience);
    socket.on('data', (data) => {
      heard += data;
    });
    socket.on('end', () => end(heard));
    socket.on('error', () => end('nothing'));
  });
}

function askUdp({ address, port, sourcePort = 0 }) {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const end = (answer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end('nothing'), patience);
    socket.on('message', (data) => end(String(data)));
    // Connected, so that the refusal of a port is heard.
    socket.on('error', () => end('nothing'));
    socket.bind(sourcePort, () => socket.connect(port, address, () => socket.send('hello')));
  });
}
