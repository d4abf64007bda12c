import { createHash } from 'node:crypto';
import { packTar, type TarFile } from './tar.js';

/** What is in an image of one layer. */
export interface ImageContents {
  /** Full name with tag, for example `lab.test/pause:1`. */
  readonly name: string;
  readonly files: readonly TarFile[];
  readonly entrypoint: readonly string[];
  /** Environment of the entry point. */
  readonly env: Readonly<Record<string, string>>;
}

/** Go's word for the architecture that Node runs on. */
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Packs an image as an archive in the OCI image layout (OCI image-spec 1.0, "Image Layout"), as `ctr images import` reads it. */
export function packImage(contents: ImageContents): Buffer {
  const layer = blob('application/vnd.oci.image.layer.v1.tar', packTar(contents.files));
  const config = jsonBlob('application/vnd.oci.image.config.v1+json', {
    architecture,
    os: 'linux',
    config: {
      Entrypoint: contents.entrypoint,
      Env: Object.entries(contents.env).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: 'layers', diff_ids: [layer.descriptor.digest] },
  });
  const manifest = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    config: config.descriptor,
    layers: [layer.descriptor],
  });
  const annotations = { 'io.containerd.image.name': contents.name };
  const index = { schemaVersion: 2, manifests: [{ ...manifest.descriptor, annotations }] };
  return packTar([
    { path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', content: json(index) },
    ...[layer, config, manifest].map(({ file }) => file),
  ]);
}

/** What points to a blob (OCI image-spec 1.0, "Content Descriptors"). */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Blob {
  readonly descriptor: Descriptor;
  readonly file: TarFile;
}

function blob(mediaType: string, content: Buffer): Blob {
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    descriptor: { mediaType, digest: `sha256:${hash}`, size: content.length },
    file: { path: `blobs/sha256/${hash}`, content },
  };
}

const jsonBlob = (mediaType: string, value: unknown): Blob => blob(mediaType, json(value));

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
