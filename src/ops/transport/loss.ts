/** Our own words for how a connection ended, where the other side gave none. As data: the catalogues translate them. */
export type OwnLoss =
  | 'no answer to keepalives'
  | 'the connection was closed'
  | 'the bus connection ended'
  | 'the bus says nothing'
  | 'the bus is not connected';
