/**
 * A region of AWS: lower case, at least one hyphen, such as `eu-west-1` and `us-isob-east-1`. A pattern and not a list, because
 * AWS adds regions.
 */
export const AWS_REGION_NAME = /^(?=.{1,63}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

/** A region of AWS, or a name without a hyphen, such as `local`, which emulators accept. It becomes a part of a host name. */
export const REGION_NAME = /^(?=.{1,63}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
