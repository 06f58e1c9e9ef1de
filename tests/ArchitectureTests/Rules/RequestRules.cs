using System.Reflection;
using FluentValidation;
using MediatR;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on commands, queries and what handles them.</summary>
internal static class RequestRules
{
    private static readonly Rule Hidden = new(
        "Handlers, validators and behaviours are internal and sealed.",
        "Whoever calls a handler past MediatR skips validation, the transaction and the cache.",
        "Make it `internal sealed` and send the request through IMediator.");

    private static readonly Rule OneHandler = new(
        "Every request has exactly one handler.",
        "MediatR tells of a missing handler only when the request is sent, and of a second one never.",
        "Write the handler beside the request, or delete the one too many.");

    private static readonly Rule OneKind = new(
        "A request is an ICommand<T>, an IQuery<T> or an ICacheableQuery<T>, and one of them only.",
        "The behaviours choose by these markers: a request without one has no transaction and no cache; a cached command would not run.",
        "Implement one of the three, and split a request that both asks and changes.");

    private static readonly Rule Named = new(
        "A command's name ends in Command, a query's in Query; it is a sealed record.",
        "The name is what a reader and the journal see; a record compares by value and cannot be changed between two behaviours.",
        "Rename it, and declare it as `public sealed record`.");

    private static readonly Rule Placed = new(
        "A request stands with its handler and validator in the namespace Application.<Module>.<UseCase>.",
        "One folder a use case: what changes together lies together.",
        "Move the request, its handler and its validator into the folder of the use case.");

    private static readonly Rule Declares = new(
        "A command implements IInvalidatesCache or carries [InvalidatesNothing(\"why\")], and one of them only.",
        "A write that is silent on what it makes out of date leaves old answers in the cache on every node.",
        "Name the patterns or tags in Invalidations, or say in one sentence why nothing cached depends on the write.");

    /// <summary>What works on requests is hidden.</summary>
    public static IEnumerable<Offence> WorkersAreInternalSealed(Subject subject) =>
        from type in subject.Types
        where type.IsConcrete() && (IsHandler(type) || typeof(IValidator).IsAssignableFrom(type) || type.Implements(typeof(IPipelineBehavior<,>)))
        where type.IsVisible || !type.IsSealed
        select Hidden.BrokenBy(type, type.IsVisible ? "is public" : "is not sealed");

    /// <summary>No request is without a handler, none has two.</summary>
    public static IEnumerable<Offence> RequestsHaveOneHandler(Subject subject)
    {
        var handlers = subject.Types.Where(type => type.IsConcrete())
            .SelectMany(type => type.ArgumentsOf(typeof(IRequestHandler<,>)).Select(arguments => (Request: arguments[0], Handler: type)))
            .Distinct()
            .ToLookup(pair => pair.Request, pair => pair.Handler.Name);
        return
            from request in Requests(subject)
            let names = handlers[request].ToList()
            where names.Count != 1
            select OneHandler.BrokenBy(request, names.Count == 0 ? "has no handler" : $"has {names.Count} handlers: {string.Join(", ", names)}");
    }

    /// <summary>Commands are no queries, and none is cached.</summary>
    public static IEnumerable<Offence> RequestsAreOfOneKind(Subject subject) =>
        from request in Requests(subject)
        let kinds = Kinds(request)
        where kinds.Count != 1
        select OneKind.BrokenBy(request, kinds.Count == 0 ? "is none of them" : $"is {string.Join(" and ", kinds)}");

    /// <summary>Names say what a request is.</summary>
    public static IEnumerable<Offence> RequestsAreNamedByKind(Subject subject) =>
        from request in Requests(subject)
        let suffix = typeof(ICommand).IsAssignableFrom(request) ? "Command" : "Query"
        let found = !request.Name.EndsWith(suffix, StringComparison.Ordinal) ? $"does not end in {suffix}"
            : !request.IsSealed || !request.IsRecord() ? "is not a sealed record"
            : null
        where found is not null
        select Named.BrokenBy(request, found);

    /// <summary>One folder a use case.</summary>
    /// <param name="subject">The assembly.</param>
    /// <param name="root">What the modules stand in.</param>
    public static IEnumerable<Offence> UseCasesStandTogether(Subject subject, string root)
    {
        foreach (var request in Requests(subject))
        {
            var inside = request.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true ? request.Namespace[(root.Length + 1)..].Split('.') : [];
            if (inside.Length != 2)
            {
                yield return Placed.BrokenBy(request, $"stands in {request.Namespace}");
            }
        }

        foreach (var type in subject.Types.Where(type => type.IsConcrete()))
        {
            var served = type.ArgumentsOf(typeof(IRequestHandler<,>)).Concat(type.ArgumentsOf(typeof(IValidator<>))).Select(arguments => arguments[0]);
            foreach (var request in served.Where(one => !one.IsGenericParameter && one.Implements(typeof(IRequest<>)) && one.Namespace != type.Namespace).Distinct())
            {
                yield return Placed.BrokenBy(type, $"stands in {type.Namespace}, its request in {request.Namespace}");
            }
        }
    }

    /// <summary>A write says what it makes out of date.</summary>
    public static IEnumerable<Offence> CommandsDeclareInvalidations(Subject subject)
    {
        foreach (var command in Requests(subject).Where(request => typeof(ICommand).IsAssignableFrom(request)))
        {
            var note = command.GetCustomAttribute<InvalidatesNothingAttribute>();
            var declares = typeof(IInvalidatesCache).IsAssignableFrom(command);
            var found = declares && note is not null ? "says both"
                : !declares && note is null ? "says neither"
                : note is not null && note.Reason.Trim().Length < 10 ? "gives no reason"
                : null;
            if (found is not null)
            {
                yield return Declares.BrokenBy(command, found);
            }
        }
    }

    /// <summary>Everything that is sent through MediatR.</summary>
    public static IEnumerable<Type> Requests(Subject subject) => subject.Types
        .Where(type => !type.IsInterface && !type.IsAbstract && !type.IsGenericTypeDefinition && type.Implements(typeof(IRequest<>)));

    private static bool IsHandler(Type type) => type.Implements(typeof(IRequestHandler<,>)) || type.Implements(typeof(INotificationHandler<>));

    private static List<string> Kinds(Type request)
    {
        var kinds = new List<string>();
        if (typeof(ICommand).IsAssignableFrom(request))
        {
            kinds.Add("a command");
        }

        if (request.Implements(typeof(IQuery<>)))
        {
            kinds.Add("a query");
        }

        if (typeof(ICacheableQuery).IsAssignableFrom(request))
        {
            kinds.Add("a cacheable query");
        }

        return kinds;
    }
}
