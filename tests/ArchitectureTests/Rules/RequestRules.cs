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
        "A request is a public sealed record named by what it does, its handler <Request>Handler, its validator <Request>Validator, in the module's namespace.",
        "Whoever knows the request finds the rest; a record compares by value and cannot be changed between two behaviours.",
        "Rename the type, or move it into the namespace of its module.");

    private static readonly Rule Placed = new(
        "A use case is one folder <Module>/<Request>: request and handler in <Request>.cs, the validator in <Request>Validator.cs.",
        "What changes together lies together; folders of technical kinds scatter one use case over the tree.",
        "Move the files into the folder of the use case.");

    private static readonly Rule Declares = new(
        "A command implements IInvalidatesCache or carries [InvalidatesNothing(\"why\")], and one of them only.",
        "A write that is silent on what it makes out of date leaves old answers in the cache on every node.",
        "Name the patterns or tags in Invalidations, or say in one sentence why nothing cached depends on the write.");

    private static readonly string[] Suffixes = ["Command", "Query", "Request"];

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

    /// <summary>Names lead from one part of a use case to the others.</summary>
    /// <param name="subject">The assembly.</param>
    /// <param name="root">What the modules stand in.</param>
    public static IEnumerable<Offence> RequestsAreNamedByUseCase(Subject subject, string root)
    {
        foreach (var request in Requests(subject))
        {
            if (!request.IsVisible || !request.IsSealed || !request.IsRecord())
            {
                yield return Named.BrokenBy(request, "is not a public sealed record");
            }

            if (ModuleOf(request, root) is null)
            {
                yield return Named.BrokenBy(request, $"stands in {request.Namespace}");
            }

            if (Suffixes.FirstOrDefault(suffix => request.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix)
            {
                yield return Named.BrokenBy(request, $"ends in {suffix}: its kind is said by its interface");
            }
        }

        foreach (var (worker, request, suffix) in Workers(subject).Where(one => one.Worker.Name != one.Request.Name + one.Suffix || one.Worker.Namespace != one.Request.Namespace))
        {
            yield return Named.BrokenBy(worker, $"is not called {request.FullName}{suffix}");
        }
    }

    /// <summary>One folder a use case.</summary>
    /// <param name="subject">The assembly.</param>
    /// <param name="root">What the modules stand in.</param>
    /// <param name="folder">Where the sources of the modules stand.</param>
    public static IEnumerable<Offence> UseCasesAreFolders(Subject subject, string root, string folder)
    {
        foreach (var request in Requests(subject).Where(request => ModuleOf(request, root) is not null))
        {
            var place = Path.Combine(ModuleOf(request, root)!, request.Name);
            if (!File.Exists(Path.Combine(folder, place, request.Name + ".cs")))
            {
                yield return Placed.BrokenBy(request, $"there is no {place}/{request.Name}.cs");
            }
        }

        foreach (var (worker, request, suffix) in Workers(subject).Where(one => ModuleOf(one.Request, root) is not null))
        {
            var file = Path.Combine(ModuleOf(request, root)!, request.Name, request.Name + (suffix == "Handler" ? "" : suffix) + ".cs");
            var path = Path.Combine(folder, file);
            if (!File.Exists(path) || !File.ReadAllText(path).Contains($"class {worker.Name}", StringComparison.Ordinal))
            {
                yield return Placed.BrokenBy(worker, $"is not in {file}");
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

    private static IEnumerable<(Type Worker, Type Request, string Suffix)> Workers(Subject subject) =>
        from type in subject.Types
        where type.IsConcrete()
        from one in type.ArgumentsOf(typeof(IRequestHandler<,>)).Select(arguments => (Request: arguments[0], Suffix: "Handler"))
            .Concat(type.ArgumentsOf(typeof(IValidator<>)).Select(arguments => (Request: arguments[0], Suffix: "Validator")))
            .Distinct()
        where !one.Request.IsGenericParameter && one.Request.Implements(typeof(IRequest<>))
        select (type, one.Request, one.Suffix);

    private static string? ModuleOf(Type request, string root) =>
        request.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true && !request.Namespace[(root.Length + 1)..].Contains('.', StringComparison.Ordinal)
            ? request.Namespace[(root.Length + 1)..]
            : null;

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
