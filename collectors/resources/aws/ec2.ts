import { mapping, type ResourceMapping } from '../../define.ts';
import { mapAutoScalingGroup, mapInstance, mapLaunchTemplate } from './ec2/instance.ts';
import { mapRouteTable, mapSecurityGroup, mapSubnet, mapVpc, mapVpcEndpoint } from './ec2/network.ts';

/** Read by the thing they belong to (a machine, a subnet, a table, a group), and no thing of their own. */
const PARTS = [
  'AWS::EC2::Route', 'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::MainRouteTableAssociation',
  'AWS::EC2::InternetGateway', 'AWS::EC2::VPCGatewayAttachment', 'AWS::EC2::NatGateway', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::NetworkInterface', 'AWS::EC2::EIP', 'AWS::EC2::EIPAssociation',
];

/** EC2: machines and the network around them. */
export const mappings: readonly ResourceMapping[] = [
  mapping('AWS::EC2::Instance', mapInstance),
  mapping('AWS::EC2::LaunchTemplate', mapLaunchTemplate),
  mapping('AWS::AutoScaling::LaunchConfiguration', mapLaunchTemplate),
  mapping('AWS::AutoScaling::AutoScalingGroup', mapAutoScalingGroup),
  mapping('AWS::EC2::VPC', mapVpc),
  mapping('AWS::EC2::Subnet', mapSubnet),
  mapping('AWS::EC2::RouteTable', mapRouteTable),
  mapping('AWS::EC2::SecurityGroup', mapSecurityGroup),
  mapping('AWS::EC2::VPCEndpoint', mapVpcEndpoint),
  ...PARTS.map((type) => mapping(type, () => {})),
];
