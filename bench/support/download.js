// A plain download of one object to a file: node download.js URL FILE
import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { pipeline } from 'node:stream/promises';

const [url, file] = process.argv.slice(2);
get(url, (response) => pipeline(response, createWriteStream(file)));
