"""The rules of the proofs with their reasons: conflicts, network, permissions, policies."""

from __future__ import annotations

from strangler_deploy.checks.explanation import Explanation

PROOFS = (
    Explanation(
        "DEPLOY-C1",
        "Security groups for pods are declared only where nodes have them.",
        "On Auto Mode they came with Kubernetes 1.36; hybrid nodes and other clusters have none, and the "
        "object is silently without effect.",
        "Set the cluster's version to 1.36, keep the service off hybrid nodes, or rely on network policies.",
    ),
    Explanation(
        "DEPLOY-C2",
        "On hybrid nodes only what both policy engines know is used.",
        "AWS's agent enforces on cloud nodes and Cilium on hybrid nodes; rules by domain name and cluster-"
        "wide policies are known to one of them.",
        "Set placement: cloud, or name the system under externals.",
    ),
    Explanation(
        "DEPLOY-C3",
        "No service needs AWS credentials on a hybrid node behind default-deny.",
        "There the Pod Identity agent is the node itself, which Cilium opens by an entity only, in a kind of "
        "policy that AWS does not support.",
        "Set placement: cloud, or waive the rule at the service with the reason.",
    ),
    Explanation(
        "DEPLOY-C4",
        "Hybrid nodes have what Pod Identity needs: agent 1.3.3, its DaemonSet, the credentials file.",
        "Without one of the three, pods there get no credentials.",
        "Raise addonVersion, create the hybrid DaemonSet, set hybrid.enableCredentialsFile: true.",
    ),
    Explanation(
        "DEPLOY-C5",
        "Hybrid nodes beside Auto Mode have CoreDNS and kube-proxy.",
        "Auto Mode has both built into its own nodes; hybrid nodes have neither.",
        "Render the add-ons coredns and kube-proxy for the cluster.",
    ),
    Explanation(
        "DEPLOY-C6",
        "Load balancer objects are of the controller that the cluster has.",
        "Auto Mode and the self-managed controller have API groups of their own, with fields of other names; "
        "the other's objects are ignored.",
        "Use eks.amazonaws.com on Auto Mode, elbv2.k8s.aws elsewhere; ip targets where nodes are hybrid.",
    ),
    Explanation(
        "DEPLOY-C7",
        "On Auto Mode names are not allowed by the label of CoreDNS.",
        "The resolver is on the node there: no pod carries the label, and every lookup fails.",
        "Allow port 53 without a destination, or the service's address.",
    ),
    Explanation(
        "DEPLOY-C8",
        "On Auto Mode machines are asked for by its own labels.",
        "karpenter.k8s.aws labels and EC2NodeClass are of self-managed Karpenter; no node of Auto Mode carries them.",
        "Use eks.amazonaws.com/instance-… and NodeClass.",
    ),
    Explanation(
        "DEPLOY-C9",
        "A rollout fits into the quota: all services at their largest, with one pod of surge each.",
        "What does not fit is not created, and the rollout hangs half done.",
        "Raise the quota of tier or tenant, or lower scale.max or the limits.",
    ),
    Explanation(
        "DEPLOY-C10",
        "Containers fit machines, quotas fit pools of machines, promised GPUs are there.",
        "A container larger than every machine is never scheduled; hybrid capacity does not grow.",
        "Lower limits or quotas, or raise nodes (types, sizes, cpu, memory).",
    ),
    Explanation(
        "DEPLOY-C11",
        "What cannot be interrupted does not run on spot machines, and every budget lets one pod go.",
        "Spot machines are taken away with two minutes' notice; a budget of nothing stops every drain.",
        "Add on-demand to the tier's capacity, give the service two pods, allow one to go.",
    ),
    Explanation(
        "DEPLOY-C12",
        "Load balancers lead to services with pods.",
        "The controller registers pods only: a Service with addresses by hand gets no targets.",
        "Put a proxy Deployment in front of the address.",
    ),
    Explanation(
        "DEPLOY-C13",
        "A load balancer leads to at most 100 services, a cluster has at most 5,000 Pod Identity associations.",
        "Both are fixed by AWS; the controller stops in the middle.",
        "Spread tenants: shards of the gateway, more clusters.",
    ),
    Explanation(
        "DEPLOY-C14",
        "No failed generator deletes applications, and no deleted object deletes data.",
        "Generators have failed and deleted everything; ACK's default is to delete the resource with its object.",
        "applicationsSync: create-update, preserveResourcesOnDeletion: true, deletion-policy: retain.",
    ),
    Explanation(
        "DEPLOY-C15",
        "A pooled table is never scanned, and its condition on keys cannot be satisfied by leaving them out.",
        "ForAllValues is true of a request without keys, and a scan has none: it reads every tenant's rows.",
        "Take Scan and PartiQL away, add Null on dynamodb:LeadingKeys.",
    ),
    Explanation(
        "DEPLOY-C16",
        "Session policies and session tags are not used together.",
        "EKS switches tags off for a session policy; then every policy that relies on them allows nothing, or"
        " too much.",
        "Put the policy on the role.",
    ),
    Explanation(
        "DEPLOY-C17",
        "One engine changes objects.",
        "Two undo each other's work in no promised order.",
        "Choose one: platform.policies.placement.",
    ),
    Explanation(
        "DEPLOY-C18",
        "One autoscaler owns the number of pods, and none resizes them beside it.",
        "KEDA makes an HPA of its own; two owners set two numbers in turn.",
        "Keep one.",
    ),
    Explanation(
        "DEPLOY-C19",
        "A graph that owns a Namespace has instances outside of namespaces.",
        "Deleting the instance deletes the namespace that it stands in, and strands both.",
        "schema.scope: Cluster.",
    ),
    Explanation(
        "DEPLOY-C20",
        "Large definitions are applied by the server.",
        "Client-side apply keeps a copy in an annotation of at most 256 KiB.",
        "syncOptions: [ServerSideApply=true].",
    ),
    Explanation(
        "DEPLOY-C21",
        "No tenant can bring IAM objects.",
        "ACK acts on them with its own power: whoever creates a role grants himself what ACK may do.",
        "Blacklist iam.services.k8s.aws in the tenant's project, leave it out of its roles.",
    ),
    Explanation(
        "DEPLOY-C22",
        "Namespaces take the pods that are declared for them.",
        "Pod Security refuses pods silently at the controller: the Deployment is there and never has a pod.",
        "Change the pod, or the tier's security level.",
    ),
    Explanation(
        "DEPLOY-C23",
        "Short-lived pods know that policies come a second late; strict enforcement has policies everywhere.",
        "Standard enforcement begins after the pod starts; strict enforcement gives a namespace without "
        "policies nothing.",
        "Wait for a connection that must work; give every namespace a policy.",
    ),
    Explanation(
        "DEPLOY-C24",
        "Volumes are of the EBS driver that the cluster has.",
        "The drivers of Auto Mode and of the add-on do not share volumes.",
        "Use the other provisioner.",
    ),
    Explanation(
        "DEPLOY-C25",
        "Hybrid nodes have an endpoint that is private or public, not both.",
        "They resolve it to public addresses then, and may fail to join.",
        "endpoint: private.",
    ),
    Explanation(
        "NETWORK-OPEN",
        "Pods reach whom the plan lets them call, and nobody else.",
        "Every connection that nobody declared is a way from one tenant or service into another.",
        "Declare the call, or take away the policy that allows it.",
    ),
    Explanation(
        "NETWORK-CLOSED",
        "Every declared connection comes about.",
        "Under default-deny both ends need a policy, at the port of the pod.",
        "Add the missing end, or correct peer and port.",
    ),
    Explanation(
        "NETWORK-ABSENT",
        "Every declared service has pods, known by their label.",
        "Policies select by label: pods without it are under none of the rules meant for them.",
        "Render the service, keep app.kubernetes.io/name on its pods.",
    ),
    Explanation(
        "NETWORK-INERT",
        "Network policies are enforced.",
        "Until the controller is switched on they are accepted and mean nothing.",
        "ConfigMap kube-system/amazon-vpc-cni on Auto Mode, enableNetworkPolicy in the VPC CNI add-on.",
    ),
    Explanation(
        "NETWORK-DNS",
        "Every pod resolves names.",
        "Without names nothing else works, and on Auto Mode no label finds the resolver.",
        "Allow port 53 without a destination.",
    ),
    Explanation(
        "NETWORK-IDENTITY",
        "Pods that use AWS reach the Pod Identity agent.",
        "Credentials come from 169.254.170.23:80 on the node.",
        "Allow the block; on Cilium the entity host.",
    ),
    Explanation(
        "NETWORK-EGRESS",
        "Pods reach those systems outside that are declared.",
        "What can go anywhere can carry data anywhere, and reach the node's own credentials.",
        "Name the system under externals, or narrow the block.",
    ),
    Explanation(
        "NETWORK-INGRESS",
        "Only load balancers come in from outside, and only where there are routes.",
        "A block that is too wide lets neighbours of the network in.",
        "Narrow the block.",
    ),
    Explanation(
        "NETWORK-CROSSING",
        "Services that call each other run on one kind of node.",
        "On hybrid nodes Cilium knows cloud pods by address only, so that a rule by label does not let them in.",
        "placement: cloud or on-premises for both.",
    ),
    Explanation(
        "IAM-CROSS",
        "No tenant's pods touch another tenant's data.",
        "It is the promise that the platform is sold with.",
        "Narrow action, resource or condition of the statement that is named.",
    ),
    Explanation(
        "IAM-BEYOND",
        "Nobody may do more with his own data than declared.",
        "What may delete a bucket or change its policy can undo every other rule.",
        "Take the action away, or declare the access.",
    ),
    Explanation(
        "IAM-MISSING",
        "Everything declared is allowed.",
        "Denied in production is an outage; it is cheaper to see here.",
        "Look at the reason: resource of the wrong form, condition on a tag that is missing, no identity at all.",
    ),
    Explanation(
        "IAM-TRUST",
        "Roles let exactly their pods in.",
        "Pod Identity needs AssumeRole and TagSession, and the tags must fit.",
        "Correct the trust policy.",
    ),
    Explanation(
        "IAM-UNKNOWN",
        "Every policy and role in use is in the tree.",
        "What is not here cannot be proven.",
        "Declare it beside the role, or do without.",
    ),
    Explanation(
        "IAM-DOCUMENT",
        "Policy documents are what IAM reads.",
        "IAM refuses them, and ACK keeps trying.",
        "Correct the document.",
    ),
    Explanation(
        "IAM-SESSION",
        "A pool's session is for one named tenant, taken by its own service.",
        "Without a name the keys of all tenants are open.",
        "Null on aws:RequestTag/tenant, the role of that service as principal.",
    ),
    Explanation(
        "POLICY-DENIED",
        "Our own objects pass our own policies, in every engine.",
        "Otherwise the platform refuses itself.",
        "Change the object or the rule.",
    ),
    Explanation(
        "POLICY-TOOTHLESS",
        "Objects broken on purpose are refused by every engine.",
        "A policy that was edited or narrowed says yes to everything and looks as before.",
        "Render it again.",
    ),
    Explanation(
        "POLICY-BROKEN",
        "Policies compile.",
        "One that does not refuses everything, or nothing.",
        "Render it again, or correct the expression.",
    ),
    Explanation(
        "POLICY-ENGINE",
        "The engines that run policies are installed.",
        "Without them the policies were not run.",
        "pip install 'strangler[policies]'.",
    ),
)
