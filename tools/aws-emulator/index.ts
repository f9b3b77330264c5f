export type {
  ConfigurationAddress,
  ConfigurationContent,
  ConfigurationStore,
  Identifier,
  StoredFlag,
  StoredVariant,
} from './configuration-store.ts';
export {
  type AwsEmulator,
  type AwsEmulatorOptions,
  type CallLog,
  type EmulatedAccount,
  type ReceivedCall,
  startAwsEmulator,
} from './emulator.ts';
export type { ActionPattern, Delay, Failure, Faults, Undo } from './faults.ts';
export type { ParameterInput, ParameterStore, ParameterType } from './parameter-store.ts';
export type { RoleInput, RoleSession, RoleStore } from './role-store.ts';
export type { Rotation, SecretDescription, SecretInput, SecretStore, SecretValue } from './secret-store.ts';
export type { AwsCredentials } from './signature.ts';
