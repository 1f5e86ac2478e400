import { Readable } from 'node:stream';
import { RequestMethod, type PipeTransform, type Type } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  PIPES_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import { Problem } from './problem.js';
import { refuseQuery, requireBody, requireQuery } from './validate-body.js';
import { rulesOf, type DtoClass } from './validation-rules.js';

/**
 * Nest's controllers, found by Nest, built by Nest, and called without Nest's machinery per request (guards, interceptors, pipes and
 * rxjs cost more than the rest of a request together). A route that uses any of that machinery keeps it: it is never stepped over.
 */
export interface ControllerRoute {
  readonly method: string;
  readonly path: string;
  readonly controller: Type;
  readonly methodName: string;
  /** Undefined when the route needs Nest's own way. */
  readonly handle: DirectHandler | undefined;
}

export type DirectHandler = (request: FastifyRequest, reply: FastifyReply) => void;
export type SendError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** A controller that would take something unchecked. The process does not start with one. */
export class UncheckedRoute extends Error {
  override readonly name = 'UncheckedRoute';
}

export function controllerRoutes(app: NestFastifyApplication, sendError: SendError): ControllerRoute[] {
  const routes: ControllerRoute[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const wrapper of module.controllers.values()) {
      const controller = wrapper.metatype as Type;
      const isStatic = wrapper.isDependencyTreeStatic();
      for (const methodName of routeMethodsOf(controller)) {
        const callback = (controller.prototype as Record<string, object>)[methodName] as object;
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, callback) as number] ?? 'GET';
        const handle = isStatic ? directHandler(wrapper.instance as object, controller, methodName, method, sendError) : undefined;
        for (const path of pathsOf(controller, callback)) routes.push({ method, path, controller, methodName, handle });
      }
    }
  }
  return routes;
}

function routeMethodsOf(controller: Type): string[] {
  const names = new Set<string>();
  for (
    let prototype: object = controller.prototype as object;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const value = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
      if (typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value)) names.add(name);
    }
  }
  return [...names];
}

function pathsOf(controller: Type, callback: object): string[] {
  const list = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : [String(value ?? '/')]);
  const prefixes = list(Reflect.getMetadata(PATH_METADATA, controller));
  const suffixes = list(Reflect.getMetadata(PATH_METADATA, callback));
  return prefixes.flatMap((prefix) =>
    suffixes.map(
      (suffix) =>
        `/${[prefix, suffix]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`,
    ),
  );
}

type Read = (request: FastifyRequest, reply: FastifyReply) => unknown;

const MACHINERY = [
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  EXCEPTION_FILTERS_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  SSE_METADATA,
];

function directHandler(
  instance: object,
  controller: Type,
  methodName: string,
  method: string,
  sendError: SendError,
): DirectHandler | undefined {
  const callback = (instance as Record<string, (...args: unknown[]) => unknown>)[methodName] as (...args: unknown[]) => unknown;
  const readers = readersOf(controller, methodName);
  if (!readers || MACHINERY.some((key) => Reflect.hasMetadata(key, callback) || Reflect.hasMetadata(key, controller))) return undefined;
  const status = (Reflect.getMetadata(HTTP_CODE_METADATA, callback) as number | undefined) ?? (method === 'POST' ? 201 : 200);
  const headers = (Reflect.getMetadata(HEADERS_METADATA, callback) as { name: string; value: string | (() => string) }[] | undefined) ?? [];
  const count = readers.length;
  return (request, reply) => {
    try {
      const args = new Array<unknown>(count);
      for (let index = 0; index < count; index += 1) args[index] = (readers[index] as Read)(request, reply);
      for (const { name, value } of headers) reply.header(name, typeof value === 'function' ? value() : value);
      const result = callback.apply(instance, args);
      if (isThenable(result)) {
        result.then(
          (value) => sendResult(reply, status, value),
          (error: unknown) => sendError(error, request, reply),
        );
      } else sendResult(reply, status, result);
    } catch (error) {
      sendError(error, request, reply);
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

export function sendResult(reply: FastifyReply, status: number, result: unknown): void {
  const isAnswer = result instanceof Answer;
  const body: unknown = isAnswer ? result.body : result;
  reply.code(isAnswer ? result.status : status);
  if (body === undefined) {
    if (isAnswer) reply.headers(result.headers);
    reply.send();
    return;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  if (isAnswer) reply.headers(result.headers);
  reply.send(isAnswer && (typeof body === 'string' || body instanceof Readable) ? body : JSON.stringify(body));
}

interface DeclaredArgument {
  readonly index: number;
  readonly data?: unknown;
  readonly factory?: unknown;
  readonly pipes?: readonly (PipeTransform | Type<PipeTransform>)[];
}

/** One function per argument; undefined when Nest has to do it; throws when nobody would check it. */
function readersOf(controller: Type, methodName: string): Read[] | undefined {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) ?? {}) as Record<string, DeclaredArgument>;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, methodName) ?? []) as Type[];
  const readers: Read[] = [];
  let readsQuery = false;
  for (const [key, argument] of Object.entries(declared)) {
    const kind = Number.parseInt(key, 10);
    if (argument.factory !== undefined || (argument.pipes ?? []).some((pipe) => typeof pipe === 'function')) return undefined;
    const read = readerOf(kind, argument, types[argument.index], `${controller.name}.${methodName}`);
    if (!read) return undefined;
    if (kind === RouteParamtypes.QUERY) readsQuery = true;
    readers[argument.index] = read;
  }
  for (let index = 0; index < readers.length; index += 1) readers[index] ??= () => undefined;
  if (readsQuery) return readers;
  const first = readers[0];
  // Refusing unknown parameters is part of reading the first argument, so that it costs no extra step.
  readers[0] = (request, reply) => {
    if (request.url.includes('?')) refuseQuery(request.query);
    return first?.(request, reply);
  };
  return readers;
}

function readerOf(kind: number, argument: DeclaredArgument, type: Type | undefined, where: string): Read | undefined {
  const name = typeof argument.data === 'string' ? argument.data : undefined;
  switch (kind as RouteParamtypes) {
    case RouteParamtypes.REQUEST:
      return (request) => request;
    case RouteParamtypes.HEADERS:
      return name === undefined ? (request) => request.headers : piped((request) => request.headers[name.toLowerCase()], argument, name);
    case RouteParamtypes.PARAM:
      return name === undefined
        ? (request) => request.params
        : piped((request) => nonEmpty((request.params as Record<string, string>)[name]), argument, name);
    case RouteParamtypes.BODY: {
      const dtoClass = checkedClass(name, type, `${where}: @Body()`);
      return (request) => requireBody(dtoClass, request.body);
    }
    case RouteParamtypes.QUERY: {
      const dtoClass = checkedClass(name, type, `${where}: @Query()`);
      return (request) => requireQuery(dtoClass, request.query);
    }
    default:
      return undefined;
  }
}

function nonEmpty(parameter: string | undefined): string {
  if (!parameter) throw new Problem('not-found', 'There is nothing here.');
  return parameter;
}

function piped(read: Read, argument: DeclaredArgument, name: string): Read {
  const pipes = (argument.pipes ?? []) as readonly PipeTransform[];
  if (pipes.length === 0) return read;
  const metadata = { type: 'param', metatype: String, data: name } as const;
  return (request, reply) => {
    let value = read(request, reply);
    for (const pipe of pipes) value = pipe.transform(value, metadata) as unknown;
    return value;
  };
}

const UNCHECKABLE: readonly unknown[] = [undefined, Object, Array, String, Number, Boolean, Date, Buffer];

/** Nest skips validation without a word when the type is one of these; here such a route stops the start. */
function checkedClass(name: string | undefined, type: Type | undefined, where: string): DtoClass {
  if (name !== undefined || UNCHECKABLE.includes(type)) throw new UncheckedRoute(`${where} needs a DTO class as its type, and no name`);
  rulesOf(type as DtoClass);
  return type as DtoClass;
}
